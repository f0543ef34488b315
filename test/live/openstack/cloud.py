#!/usr/bin/python3
"""A real Keystone, Placement, Neutron and Nova on loopback, from Debian 12's packages, for the live tests.

    cloud.py start DIR     writes DIR/clouds.yaml and prints how to use it
    cloud.py stop DIR

The services, their policies, quotas and databases are stock. What stands behind them is played: Nova's own fake
hypervisor, the agent that binds a port, and an image service of one image. RPC goes
through oslo.messaging's in-memory transport, so all of Nova is one process (`cloud.py nova DIR`).
"""
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PORTS = {'database': 25306, 'identity': 25000, 'placement': 28778, 'network': 29696, 'compute': 28774, 'image': 29292}
SECRET = 'live-secret'
IMAGE = '11111111-2222-4333-8444-555555555555'


def url(service, path=''):
    return 'http://127.0.0.1:%d%s' % (PORTS[service], path)


def ini(path, sections):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        for section, settings in sections.items():
            file.write('[%s]\n' % section)
            file.writelines('%s = %s\n' % pair for pair in settings.items())


def database(name):
    return 'mysql+pymysql://root@127.0.0.1:%d/%s' % (PORTS['database'], name)


def account(name):
    return {'auth_url': url('identity', '/v3'), 'auth_type': 'password', 'username': name, 'password': SECRET,
            'project_name': 'service', 'user_domain_name': 'Default', 'project_domain_name': 'Default',
            'region_name': 'RegionOne'}


def filters(**factories):
    return {'filter:' + name: {'paste.filter_factory': factory} for name, factory in factories.items()}


AUTHTOKEN = 'keystonemiddleware.auth_token:filter_factory'


def configure(where):
    keys = {'key_repository': where + '/keystone/keys'}
    ini(where + '/keystone/keystone.conf', {
        'DEFAULT': {'log_file': where + '/log/keystone.log', 'transport_url': 'fake://'},
        'database': {'connection': database('keystone')}, 'fernet_tokens': keys, 'fernet_receipts': keys,
        'credential': {'key_repository': where + '/keystone/credential-keys'}, 'identity': {'password_hash_rounds': 4}})
    ini(where + '/placement/placement.conf', {
        'DEFAULT': {'log_file': where + '/log/placement.log'},
        'placement_database': {'connection': database('placement'), 'sync_on_startup': 'true'},
        'keystone_authtoken': account('placement')})
    ini(where + '/neutron/neutron.conf', {
        'DEFAULT': {'log_file': where + '/log/neutron.log', 'transport_url': 'fake://', 'core_plugin': 'ml2',
                    'service_plugins': 'router,qos', 'state_path': where + '/neutron/state', 'bind_host': '127.0.0.1',
                    'bind_port': PORTS['network'], 'api_paste_config': where + '/neutron/paste.ini',
                    'dhcp_agent_notification': 'false', 'setproctitle': 'off', 'api_workers': 0},
        'database': {'connection': database('neutron')},
        'ml2': {'type_drivers': 'flat,local', 'tenant_network_types': 'local', 'mechanism_drivers': 'test',
                'extension_drivers': 'port_security,qos,dns'},
        'ml2_type_flat': {'flat_networks': '*'}, 'nova': account('nova'), 'keystone_authtoken': account('neutron'),
        'oslo_concurrency': {'lock_path': where + '/lock'}})
    ini(where + '/neutron/paste.ini', {
        'composite:neutron': {'use': 'egg:Paste#urlmap', '/': 'versions', '/v2.0': 'v2'},
        'pipeline:v2': {'pipeline': 'request_id catch_errors authtoken context extensions router'},
        'app:versions': {'paste.app_factory': 'neutron.pecan_wsgi.app:versions_factory'},
        'app:router': {'paste.app_factory': 'neutron.api.v2.router:APIRouter.factory'},
        **filters(request_id='oslo_middleware:RequestId.factory', catch_errors='oslo_middleware:CatchErrors.factory',
                  authtoken=AUTHTOKEN, context='neutron.auth:NeutronKeystoneContext.factory',
                  extensions='neutron.api.extensions:plugin_aware_extension_middleware_factory')})
    ini(where + '/nova/nova.conf', {
        'DEFAULT': {'log_file': where + '/log/nova.log', 'transport_url': 'fake://', 'state_path': where + '/nova/state',
                    'host': 'live', 'my_ip': '127.0.0.1', 'compute_driver': 'fake.FakeDriver', 'enabled_apis': 'osapi_compute',
                    'osapi_compute_listen': '127.0.0.1', 'osapi_compute_listen_port': PORTS['compute'],
                    'osapi_compute_workers': 1, 'vif_plugging_is_fatal': 'false', 'vif_plugging_timeout': 0},
        'wsgi': {'api_paste_config': where + '/nova/paste.ini'}, 'vnc': {'enabled': 'false'},
        'database': {'connection': database('nova_cell1')}, 'api_database': {'connection': database('nova_api')},
        'glance': {'api_servers': url('image')}, 'neutron': {**account('nova'), 'default_floating_pool': 'public'},
        'placement': account('placement'), 'keystone_authtoken': account('nova'),
        'oslo_concurrency': {'lock_path': where + '/lock'}})
    ini(where + '/nova/paste.ini', {
        'composite:osapi_compute': {'use': 'call:nova.api.openstack.urlmap:urlmap_factory', '/': 'versions', '/v2.1': 'v21'},
        'pipeline:v21': {'pipeline': 'request_id faultwrap sizelimit authtoken context compute'},
        'pipeline:versions': {'pipeline': 'faultwrap list'},
        'app:list': {'paste.app_factory': 'nova.api.openstack.compute.versions:Versions.factory'},
        'app:compute': {'paste.app_factory': 'nova.api.openstack.compute:APIRouterV21.factory'},
        **filters(request_id='nova.api.compute_req_id:ComputeReqIdMiddleware.factory',
                  faultwrap='nova.api.openstack:FaultWrapper.factory', sizelimit='oslo_middleware:RequestBodySizeLimiter.factory',
                  authtoken=AUTHTOKEN, context='nova.api.auth:NovaKeystoneContext.factory')})
    for folder in ('log', 'lock', 'mysql', 'neutron/state', 'nova/state/instances'):
        os.makedirs(where + '/' + folder, exist_ok=True)


def environment(where):
    return {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': where, 'LANG': 'C.UTF-8', 'PYTHONWARNINGS': 'ignore',
            'OS_KEYSTONE_CONFIG_DIR': where + '/keystone', 'OS_PLACEMENT_CONFIG_DIR': where + '/placement'}


def run(where, *words):
    with open(where + '/log/setup.log', 'a') as log:
        subprocess.run(words, env=environment(where), stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=True)


def launch(where, name, *words):
    with open('%s/log/%s.out' % (where, name), 'a') as log:
        child = subprocess.Popen(words, env=environment(where), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                 start_new_session=True)
    with open(where + '/pids', 'a') as file:
        file.write('%d\n' % child.pid)


def serve(where, name, application):
    # Not `waitress-serve`: Keystone would take its arguments for its own.
    code = 'from waitress import serve; from %s import %s as made; serve(made(), host="127.0.0.1", port=%d)'
    launch(where, name, sys.executable, '-c', code % (*application.split(':'), PORTS[name]))


def wait(what, ready, seconds=120):
    end = time.time() + seconds
    while not ready():
        if time.time() > end:
            sys.exit('%s is not up after %d s; see the logs' % (what, seconds))
        time.sleep(0.2)


def answers(service):
    def ready():
        try:
            urllib.request.urlopen(url(service, '/'), timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True
    wait(service, ready)


def start(where):
    for service, port in PORTS.items():
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                sys.exit('port %d (%s) is taken: an earlier cloud may still run' % (port, service))
    configure(where)
    user = ['--user=root'] if os.getuid() == 0 else []
    launch(where, 'database', 'mariadbd', '--no-defaults', *user, '--datadir=' + where + '/mysql', '--bind-address=127.0.0.1',
           '--port=%d' % PORTS['database'], '--socket=' + where + '/mysql.sock', '--skip-grant-tables', '--skip-log-bin',
           '--innodb-flush-log-at-trx-commit=0', '--lc-messages-dir=/usr/share/mysql', '--pid-file=' + where + '/mysql.pid')
    create_databases('keystone', 'placement', 'neutron', 'nova_api', 'nova_cell0', 'nova_cell1')
    launch(where, 'image', sys.executable, __file__, 'image', where)

    keystone = ('keystone-manage', '--config-file', where + '/keystone/keystone.conf')
    me = ('--keystone-user', str(os.getuid()), '--keystone-group', str(os.getgid()))
    for command in (('fernet_setup', *me), ('credential_setup', *me), ('db_sync',)):
        run(where, *keystone, *command)
    run(where, *keystone, 'bootstrap', '--bootstrap-password', SECRET, '--bootstrap-region-id', 'RegionOne',
        *(word for side in ('public', 'internal', 'admin') for word in ('--bootstrap-%s-url' % side, url('identity', '/v3'))))
    serve(where, 'identity', 'keystone.server.wsgi:initialize_public_application')
    serve(where, 'placement', 'placement.wsgi:init_application')
    answers('identity')
    fill_identity()

    module(where, 'neutron.db.migration.cli', 'neutron-db-manage', '--config-file', where + '/neutron/neutron.conf', 'upgrade', 'heads')
    launch(where, 'network', sys.executable, __file__, 'network', where)
    nova = ('nova.cmd.manage', 'nova-manage', '--config-file', where + '/nova/nova.conf')
    for command in (('api_db', 'sync'), ('cell_v2', 'map_cell0', '--database_connection', database('nova_cell0')),
                    ('db', 'sync'), ('cell_v2', 'create_cell', '--name', 'cell1')):
        module(where, *nova, *command)
    for service in ('placement', 'image', 'network'):
        answers(service)
    launch(where, 'compute', sys.executable, __file__, 'compute', where)
    answers('compute')
    fill_project()
    with open(where + '/clouds.yaml', 'w') as file:
        # JSON is YAML.
        json.dump({'clouds': {'live': {'region_name': 'RegionOne', 'auth': {
            'auth_url': url('identity', '/v3'), 'username': 'demo', 'password': SECRET, 'project_name': 'demo',
            'user_domain_name': 'Default', 'project_domain_name': 'Default'}}}}, file, indent=2)
    print('IPCTL_LIVE=openstack OS_CLIENT_CONFIG_FILE=%s/clouds.yaml OS_CLOUD=live' % where)


def module(where, name, *words):
    """The command of a package whose script is in another one."""
    code = 'import sys; sys.argv = %r; from %s import main; sys.exit(main())' % (list(words), name)
    run(where, sys.executable, '-c', code)


def create_databases(*names):
    import pymysql

    def connected():
        try:
            connection = pymysql.connect(host='127.0.0.1', port=PORTS['database'], user='root')
        except pymysql.err.OperationalError:
            return False
        for name in names:
            connection.cursor().execute('CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb3' % name)
        return True
    wait('the database', connected)


def connect(user, project):
    import openstack
    return openstack.connect(auth_url=url('identity', '/v3'), username=user, password=SECRET, project_name=project,
                             user_domain_name='Default', project_domain_name='Default', region_name='RegionOne')


def fill_identity():
    identity = connect('admin', 'admin').identity
    roles = {role.name: role for role in identity.roles()}
    roles['service'] = roles.get('service') or identity.create_role(name='service')
    projects = {name: identity.create_project(name=name, domain_id='default') for name in ('service', 'demo')}
    for name, project, given in (('placement', 'service', 'admin service'), ('neutron', 'service', 'admin service'),
                                 ('nova', 'service', 'admin service'), ('demo', 'demo', 'member')):
        user = identity.create_user(name=name, password=SECRET, domain_id='default')
        for role in given.split():
            identity.assign_project_role_to_user(projects[project], user, roles[role])
    for kind, path in (('placement', ''), ('network', ''), ('compute', '/v2.1'), ('image', '')):
        service = identity.create_service(name=kind, type=kind)
        for side in ('public', 'internal', 'admin'):
            identity.create_endpoint(service_id=service.id, interface=side, url=url(kind, path), region_id='RegionOne')


def fill_project():
    admin, demo = connect('admin', 'admin'), connect('demo', 'demo')
    for name, cidr in (('public', '203.0.113.0/24'), ('second', '198.51.100.0/24')):
        network = admin.network.create_network(name=name, is_router_external=True, provider_network_type='flat',
                                               provider_physical_network=name)
        admin.network.create_subnet(network_id=network.id, ip_version=4, cidr=cidr, is_dhcp_enabled=False)
    admin.network.create_qos_policy(name='gold', is_shared=True)
    public = demo.network.find_network('public')
    private = demo.network.create_network(name='app')
    subnet = demo.network.create_subnet(network_id=private.id, name='app', ip_version=4, cidr='192.168.1.0/24')
    router = demo.network.create_router(name='way-out', external_gateway_info={'network_id': public.id})
    demo.network.add_interface_to_router(router, subnet_id=subnet.id)
    flavor = admin.compute.create_flavor(name='tiny', ram=64, vcpus=1, disk=1)
    wait('the hypervisor', lambda: any(one.state == 'up' for one in admin.compute.hypervisors()))
    servers = [demo.compute.create_server(name=name, image_id=IMAGE, flavor_id=flavor.id, networks=[{'uuid': private.id, 'fixed_ip': address}])
               for name, address in (('web-1', '192.168.1.11'), ('web-2', '192.168.1.12'))]
    for server in servers:
        demo.compute.wait_for_server(server, wait=120, interval=0.5)


def network(where):
    """Neutron's API without the workers that speak to agents, of which there are none."""
    from neutron.cmd.eventlet import server as _patched  # noqa: F401
    from neutron import server, service
    from neutron.tests.unit.plugins.ml2.drivers import mechanism_test
    from neutron_lib.api.definitions import portbindings
    from neutron_lib.plugins.ml2 import api

    class BindsAll(api.MechanismDriver):
        """Stands in for an agent: the port of a server is bound and active at once."""

        def initialize(self):
            pass

        def bind_port(self, context):
            segment = context.segments_to_bind[0]
            details = {portbindings.CAP_PORT_FILTER: True}
            context.set_binding(segment[api.ID], portbindings.VIF_TYPE_OVS, details, status='ACTIVE')

    # Drivers are found by entry points, and this one is of no other use.
    mechanism_test.TestMechanismDriver = BindsAll
    sys.argv = ['neutron', '--config-file', where + '/neutron/neutron.conf']
    server.boot_server(lambda: service.serve_wsgi(service.NeutronApiService).wait())


def compute(where):
    """Conductor, scheduler, compute and API over one in-memory transport."""
    import nova.cmd  # noqa: F401  (patches for eventlet first)
    import eventlet
    import os_vif
    from nova import conf, config, context, objects, service
    from nova.objects import host_mapping
    from oslo_service import service as processes
    config.parse_args(['nova', '--config-file', where + '/nova/nova.conf'])
    objects.register_all()
    os_vif.initialize()
    # Before any service has told its version there is nothing to ask for it.
    objects.Service.enable_min_version_cache()
    together = processes.ServiceLauncher(conf.CONF, restart_method='mutate')
    for name in ('conductor', 'scheduler', 'compute'):
        together.launch_service(service.Service.create(binary='nova-' + name, topic=name))
    while not host_mapping.discover_hosts(context.get_admin_context()):
        eventlet.sleep(0.2)
    objects.Service.clear_min_version_cache()
    together.launch_service(service.WSGIService('osapi_compute'))
    together.wait()


def image(_where):
    """One image that nobody ever reads: the fake hypervisor asks for its description only."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    described = {'id': IMAGE, 'name': 'nothing', 'status': 'active', 'visibility': 'public', 'owner': None, 'size': 1024,
                 'min_ram': 0, 'min_disk': 0, 'disk_format': 'raw', 'container_format': 'bare', 'checksum': None, 'tags': [],
                 'protected': False, 'created_at': '2026-01-01T00:00:00Z', 'updated_at': '2026-01-01T00:00:00Z'}

    class Images(BaseHTTPRequestHandler):
        def do_GET(self):
            known = {'/v2/images/' + IMAGE: described, '/v2/schemas/image': {'name': 'image', 'properties': {name: {} for name in described}}}
            found = known.get(self.path)
            body = json.dumps(found or {'versions': []}).encode()
            self.send_response(200 if found or self.path in ('/', '/versions') else 404)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    ThreadingHTTPServer(('127.0.0.1', PORTS['image']), Images).serve_forever()


def stop(where):
    with open(where + '/pids') as file:
        pids = [int(line) for line in file]

    def left(sent):
        for pid in list(pids):
            try:
                os.killpg(pid, sent)
            except ProcessLookupError:
                pids.remove(pid)
        return not pids
    left(signal.SIGTERM)
    end = time.time() + 10
    while not left(0) and time.time() < end:
        time.sleep(0.2)
    # Some services wait for their connections to end, which a pool of them never does.
    left(signal.SIGKILL)
    os.remove(where + '/pids')


if __name__ == '__main__':
    if len(sys.argv) != 3 or sys.argv[1] not in ('start', 'stop', 'network', 'compute', 'image'):
        sys.exit(__doc__)
    globals()[sys.argv[1]](os.path.abspath(sys.argv[2]))
