# PowerShell completion for ipctl, not tested. Generated from the command table: ipctl completion powershell
Register-ArgumentCompleter -Native -CommandName ipctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $valued = @('--address', '--ca-file', '--cidr', '--color', '--columns', '--config', '--count', '--description', '--fault', '--field', '--for', '--header', '--hostway-account', '--hostway-api-revision', '--hostway-endpoint', '--hostway-uri-style', '--hostway-username', '--hostway-zone', '--if-holder', '--import', '--input', '--ip-version', '--key', '--kind', '--label', '--limit', '--name', '--network', '--nova-application-credential-id', '--nova-application-credential-name', '--nova-auth-type', '--nova-auth-url', '--nova-cacert', '--nova-compute-endpoint', '--nova-compute-interface', '--nova-compute-region', '--nova-interface', '--nova-network-interface', '--nova-network-region', '--nova-pool', '--nova-project-domain-id', '--nova-project-domain-name', '--nova-project-id', '--nova-project-name', '--nova-region', '--nova-user-domain-id', '--nova-user-domain-name', '--nova-user-id', '--nova-username', '--older-than', '--openstack-application-credential-id', '--openstack-application-credential-name', '--openstack-auth-type', '--openstack-auth-url', '--openstack-cacert', '--openstack-compute-endpoint', '--openstack-compute-interface', '--openstack-compute-region', '--openstack-dns-domain', '--openstack-dns-name', '--openstack-interface', '--openstack-network-endpoint', '--openstack-network-interface', '--openstack-network-region', '--openstack-pool', '--openstack-project-domain-id', '--openstack-project-domain-name', '--openstack-project-id', '--openstack-project-name', '--openstack-qos-policy', '--openstack-region', '--openstack-user-domain-id', '--openstack-user-domain-name', '--openstack-user-id', '--openstack-username', '--otc-access-key', '--otc-bandwidth-id', '--otc-bandwidth-name', '--otc-bandwidth-share', '--otc-bandwidth-size', '--otc-bind', '--otc-charge-mode', '--otc-cloud', '--otc-domain-id', '--otc-domain-name', '--otc-ecs-endpoint', '--otc-iam-endpoint', '--otc-project-id', '--otc-project-name', '--otc-region', '--otc-signature', '--otc-type', '--otc-user-id', '--otc-username', '--otc-vpc-endpoint', '--output', '--parallel', '--pool', '--port', '--private-address', '--profile', '--profiles', '--provider', '--query', '--rackconnect-identity-endpoint', '--rackconnect-region', '--rackconnect-tenant', '--rackconnect-username', '--rackspace-association-body', '--rackspace-association-method', '--rackspace-identity-endpoint', '--rackspace-network', '--rackspace-ports', '--rackspace-region', '--rackspace-tenant', '--rackspace-username', '--region', '--secret', '--server', '--service', '--set', '--sort', '--subnet', '--take', '--timeout', '--to', '--unlabel', '-c', '-o', '-p')
  $switches = @('--hostway-insecure-http', '--nova-insecure-http', '--openstack-insecure-http', '--otc-insecure-http', '--otc-unbind', '--otc-virtual', '--rackconnect-insecure-http', '--rackconnect-retain', '--rackspace-insecure-http')
  $early = @{
    '--openstack-' = @('--openstack-auth-url	identity service (Keystone v3), with or without /v3', '--openstack-auth-type	how to log in; default: as the credentials say that are there', '--openstack-username	user name', '--openstack-user-id	user id, instead of name and domain', '--openstack-user-domain-name	domain of the user name, which says nothing without it', '--openstack-user-domain-id	domain of the user name, by id', '--openstack-project-name	project name', '--openstack-project-id	project id, instead of name and domain', '--openstack-project-domain-name	domain of the project name, which says nothing without it', '--openstack-project-domain-id	domain of the project name, by id', '--openstack-application-credential-id	application credential, which carries its own project', '--openstack-application-credential-name	application credential by name, with its user', '--openstack-region	region; default: the first of the catalog', '--openstack-interface	which endpoints of the catalog to use', '--openstack-network-region	region of the network service, where it is another', '--openstack-compute-region	region of the compute service, where it is another', '--openstack-network-interface	interface of the network service, where it is another', '--openstack-compute-interface	interface of the compute service, where it is another', '--openstack-cacert	file of the certificate authorities to trust (PEM), instead of the system’’s', '--openstack-network-endpoint	network service, instead of the one in the catalog', '--openstack-compute-endpoint	compute service, instead of the one in the catalog', '--openstack-pool	external network to draw addresses from, by name or id', '--openstack-qos-policy	QoS policy that limits the bandwidth, by name or id; none takes it off', '--openstack-dns-name	name that the cloud puts into its DNS', '--openstack-dns-domain	domain of that name, with a dot at its end', '--openstack-insecure-http	allow plain http, credentials and all')
    '--hostway-' = @('--hostway-endpoint	API host', '--hostway-username	user name of the control panel', '--hostway-account	account id, where the user may act for several', '--hostway-uri-style	with or without /accounts/ID/flexcloud in URIs; auto: with, when account is set', '--hostway-zone	zone to draw the address from, e.g. AUS001', '--hostway-api-revision	the API as of then: no zone before 2013-06, no account URIs before 2013-10', '--hostway-insecure-http	allow plain http, credentials and all')
    '--rackspace-' = @('--rackspace-identity-endpoint	identity service; UK accounts: https://lon.identity.api.rackspacecloud.com/v2.0/', '--rackspace-username	user name of the control panel', '--rackspace-tenant	account number, where the user may act for several', '--rackspace-region	region, e.g. DFW; default: that of the user', '--rackspace-network	network whose ports share the address: PublicNet, or an isolated one by id or name', '--rackspace-ports	ports to add to and to take out of those that share the address: +P,-Q, by id or by the name of their server', '--rackspace-association-method	how to associate; auto: PUT, and POST where PUT is not served', '--rackspace-association-body	body of the PUT: none, or an empty ip_association', '--rackspace-insecure-http	allow plain http, credentials and all')
    '--otc-' = @('--otc-cloud	which of the two clouds that speak this API; decides the default endpoints', '--otc-region	region, e.g. eu-de, eu-nl, eu-ch2', '--otc-iam-endpoint	identity service; default: that of the region', '--otc-vpc-endpoint	network and EIP service; default: that of the region', '--otc-ecs-endpoint	server service; default: that of the region', '--otc-username	name of the user', '--otc-user-id	id of the user, in place of name and domain', '--otc-domain-name	the account: name of the domain, OTC and digits', '--otc-domain-id	the account: id of the domain', '--otc-project-name	project; default: the one named like the region', '--otc-project-id	project by its id, 32 hex digits', '--otc-access-key	access key (AK), in place of user and password', '--otc-signature	dialect of access key signatures: a plain key, b derived key; auto: b on otc, a on huawei', '--otc-type	kind of EIP, also --pool: 5_bgp, 5_mailbgp, ...', '--otc-bandwidth-size	Mbit/s of the EIP’’s own bandwidth; it is billed, so there is no default', '--otc-bandwidth-share	PER: a bandwidth of its own; WHOLE: join a shared one', '--otc-bandwidth-id	the shared bandwidth to join', '--otc-bandwidth-name	name of the EIP’’s own bandwidth; a chosen one cannot tell us a lost answer apart', '--otc-charge-mode	what is billed; Open Telekom Cloud knows traffic only', '--otc-virtual	make a virtual IP, which several servers may answer for; the guests configure it themselves', '--otc-bind	bind the virtual IP to these servers (names or ids) or ports (ids), with commas between them', '--otc-unbind	unbind a virtual IP from its servers first', '--otc-insecure-http	allow plain http, credentials and all')
    '--rackconnect-' = @('--rackconnect-identity-endpoint	identity service; UK accounts: https://lon.identity.api.rackspacecloud.com/v2.0/', '--rackconnect-username	user name of the control panel', '--rackconnect-tenant	account number, where the user may act for several', '--rackconnect-region	region, e.g. DFW; default: that of the user', '--rackconnect-retain	keep the address when its server goes; default: only one that is allocated without a server', '--rackconnect-insecure-http	allow plain http, credentials and all')
    '--nova-' = @('--nova-auth-url	identity service (Keystone v3), with or without /v3', '--nova-auth-type	how to log in; default: as the credentials say that are there', '--nova-username	user name', '--nova-user-id	user id, instead of name and domain', '--nova-user-domain-name	domain of the user name, which says nothing without it', '--nova-user-domain-id	domain of the user name, by id', '--nova-project-name	project name', '--nova-project-id	project id, instead of name and domain', '--nova-project-domain-name	domain of the project name, which says nothing without it', '--nova-project-domain-id	domain of the project name, by id', '--nova-application-credential-id	application credential, which carries its own project', '--nova-application-credential-name	application credential by name, with its user', '--nova-region	region; default: the first of the catalog', '--nova-interface	which endpoints of the catalog to use', '--nova-network-region	region of the network service, where it is another', '--nova-compute-region	region of the compute service, where it is another', '--nova-network-interface	interface of the network service, where it is another', '--nova-compute-interface	interface of the compute service, where it is another', '--nova-cacert	file of the certificate authorities to trust (PEM), instead of the system’’s', '--nova-compute-endpoint	compute service, instead of the one in the catalog', '--nova-pool	pool to draw addresses from, by name', '--nova-insecure-http	allow plain http, credentials and all')
  }
  $values = @{
    '--profile' = 'live'
    '-p' = 'live'
    '--columns' = 'live'
    '-c' = 'live'
    '--sort' = 'live'
    '--pool' = 'live'
    '--network' = 'live'
    '--subnet' = 'live'
    '--server' = 'live'
    '--openstack-pool' = 'live'
    '--rackspace-network' = 'live'
    '--nova-pool' = 'live'
    '--to' = 'live'
    '--if-holder' = 'live'
    '--profiles' = 'live'
    '--import' = 'live'
    '--set' = 'live'
    '--secret' = 'live'
    '--output' = @('table', 'json', 'jsonl', 'yaml', 'csv', 'tsv', 'value')
    '-o' = @('table', 'json', 'jsonl', 'yaml', 'csv', 'tsv', 'value')
    '--debug' = @('body')
    '--color' = @('auto', 'always', 'never')
    '--config' = 'directories'
    '--ca-file' = 'files'
    '--input' = 'files'
    '--ip-version' = @('4', '6')
    '--rackspace-association-method' = @('put', 'post', 'auto')
    '--rackspace-association-body' = @('none', 'wrapper')
    '--otc-bandwidth-share' = @('PER', 'WHOLE')
    '--otc-charge-mode' = @('traffic', 'bandwidth', '95peak_plus')
    '--rackconnect-retain' = @('true', 'false')
    '--otc-virtual' = @('true', 'false')
    '--otc-unbind' = @('true', 'false')
    '--openstack-insecure-http' = @('true', 'false')
    '--hostway-insecure-http' = @('true', 'false')
    '--rackspace-insecure-http' = @('true', 'false')
    '--otc-insecure-http' = @('true', 'false')
    '--rackconnect-insecure-http' = @('true', 'false')
    '--nova-insecure-http' = @('true', 'false')
    '--kind' = @('floating', 'shared', 'fixed', 'primary')
    '--for' = @('free', 'associated', 'gone')
    '--provider' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    '--openstack-auth-type' = @('password', 'v3password', 'token', 'v3token', 'v3applicationcredential', 'v3totp', 'v3multifactor')
    '--nova-auth-type' = @('password', 'v3password', 'token', 'v3token', 'v3applicationcredential', 'v3totp', 'v3multifactor')
    '--openstack-interface' = @('public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL')
    '--openstack-network-interface' = @('public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL')
    '--openstack-compute-interface' = @('public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL')
    '--nova-interface' = @('public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL')
    '--nova-network-interface' = @('public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL')
    '--nova-compute-interface' = @('public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL')
    '--hostway-uri-style' = @('auto', 'short', 'account')
    '--hostway-api-revision' = @('2013-04', '2013-06', '2013-10')
    '--otc-cloud' = @('otc', 'huawei')
    '--otc-signature' = @('a', 'b', 'auto')
  }
  $nouns = @('ip	floating IPs', 'privateip	private IPs of subnets', 'server	servers', 'network	networks', 'subnet	subnets', 'profile	named credentials', 'provider	kinds of cloud and what each can do', 'operation	recorded changes', 'sandbox	a cloud to try things on', 'api	a request of your own to the provider', 'doctor	whether all is well', 'schema	JSON Schema of the output', 'help	help on commands and topics', 'completion	completion script of a shell')
  $verbs = @{
    'ip' = @('allocate	Allocate a floating IP', 'associate	Put a floating IP on a server', 'disassociate	Take a floating IP off its servers', 'release	Give floating IPs back', 'move	Move a floating IP from one server to another', 'list	List floating IPs', 'show	Show one floating IP', 'update	Change name, description or labels of a floating IP', 'wait	Wait until a floating IP is free, associated or gone')
    'privateip' = @('create	Create private IPs in a subnet', 'list	List private IPs', 'show	Show one private IP', 'delete	Delete private IPs')
    'server' = @('list	List the servers an address can be put on', 'show	Show one server')
    'network' = @('list	List networks')
    'subnet' = @('list	List subnets')
    'profile' = @('add	Add a profile: named credentials and options of a provider', 'list	List profiles', 'show	Show a profile, secrets masked', 'use	Make a profile the current one', 'current	Print the name of the profile in use', 'set	Change options of a profile', 'unset	Remove options of a profile', 'rename	Rename a profile', 'remove	Remove a profile', 'test	Ask the provider who these credentials are, and pin that account')
    'provider' = @('list	List the kinds of cloud', 'show	Show what a provider can do, and its options')
    'operation' = @('list	List recorded operations', 'show	Show a recorded operation with its requests', 'resume	Go on with an operation whose outcome is not known, or that was cut short', 'prune	Remove records of settled operations, none that can be gone on with')
    'op' = @('list	List recorded operations', 'show	Show a recorded operation with its requests', 'resume	Go on with an operation whose outcome is not known, or that was cut short', 'prune	Remove records of settled operations, none that can be gone on with')
    'sandbox' = @('serve	Run the sandbox, so that anything can be pointed at it', 'reset	Put the sandbox clouds back to their beginning', 'journal	Show the last requests that the sandbox received')
  }
  $flags = @{
    'ip allocate' = @('--ip-version	IP version', '--count	how many; chosen addresses count towards it', '--address	ask for this address', '--pool	what to draw from: an external network, an EIP pool', '--network	whose ports share the address (Rackspace)', '--subnet	subnet of the pool to draw from, by id or name', '--name	name of the address', '--description	description of the address', '--label	label of the address', '--server	associate it with this server at once, by id or name', '--port	associate it with this port at once, by id', '--key	your own name for it: the same key again gives the same address (several: K-1, K-2, …)', '--if-not-exists	succeed with what is there; needs --name, --address or --key', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--openstack-pool	external network to draw addresses from, by name or id', '--openstack-qos-policy	QoS policy that limits the bandwidth, by name or id; none takes it off', '--openstack-dns-name	name that the cloud puts into its DNS', '--openstack-dns-domain	domain of that name, with a dot at its end', '--hostway-zone	zone to draw the address from, e.g. AUS001', '--rackspace-network	network whose ports share the address: PublicNet, or an isolated one by id or name', '--rackspace-association-method	how to associate; auto: PUT, and POST where PUT is not served', '--rackspace-association-body	body of the PUT: none, or an empty ip_association', '--otc-type	kind of EIP, also --pool: 5_bgp, 5_mailbgp, ...', '--otc-bandwidth-size	Mbit/s of the EIP’’s own bandwidth; it is billed, so there is no default', '--otc-bandwidth-share	PER: a bandwidth of its own; WHOLE: join a shared one', '--otc-bandwidth-id	the shared bandwidth to join', '--otc-bandwidth-name	name of the EIP’’s own bandwidth; a chosen one cannot tell us a lost answer apart', '--otc-charge-mode	what is billed; Open Telekom Cloud knows traffic only', '--rackconnect-retain	keep the address when its server goes; default: only one that is allocated without a server', '--nova-pool	pool to draw addresses from, by name')
    'ip create' = @('--ip-version	IP version', '--count	how many; chosen addresses count towards it', '--address	ask for this address', '--pool	what to draw from: an external network, an EIP pool', '--network	whose ports share the address (Rackspace)', '--subnet	subnet of the pool to draw from, by id or name', '--name	name of the address', '--description	description of the address', '--label	label of the address', '--server	associate it with this server at once, by id or name', '--port	associate it with this port at once, by id', '--key	your own name for it: the same key again gives the same address (several: K-1, K-2, …)', '--if-not-exists	succeed with what is there; needs --name, --address or --key', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--openstack-pool	external network to draw addresses from, by name or id', '--openstack-qos-policy	QoS policy that limits the bandwidth, by name or id; none takes it off', '--openstack-dns-name	name that the cloud puts into its DNS', '--openstack-dns-domain	domain of that name, with a dot at its end', '--hostway-zone	zone to draw the address from, e.g. AUS001', '--rackspace-network	network whose ports share the address: PublicNet, or an isolated one by id or name', '--rackspace-association-method	how to associate; auto: PUT, and POST where PUT is not served', '--rackspace-association-body	body of the PUT: none, or an empty ip_association', '--otc-type	kind of EIP, also --pool: 5_bgp, 5_mailbgp, ...', '--otc-bandwidth-size	Mbit/s of the EIP’’s own bandwidth; it is billed, so there is no default', '--otc-bandwidth-share	PER: a bandwidth of its own; WHOLE: join a shared one', '--otc-bandwidth-id	the shared bandwidth to join', '--otc-bandwidth-name	name of the EIP’’s own bandwidth; a chosen one cannot tell us a lost answer apart', '--otc-charge-mode	what is billed; Open Telekom Cloud knows traffic only', '--rackconnect-retain	keep the address when its server goes; default: only one that is allocated without a server', '--nova-pool	pool to draw addresses from, by name')
    'ip associate' = @('--server	server, by id or name', '--port	port, by id', '--private-address	which address of the port it leads to', '--move	take it from the server that has it now', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--rackspace-association-method	how to associate; auto: PUT, and POST where PUT is not served', '--rackspace-association-body	body of the PUT: none, or an empty ip_association')
    'ip assign' = @('--server	server, by id or name', '--port	port, by id', '--private-address	which address of the port it leads to', '--move	take it from the server that has it now', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--rackspace-association-method	how to associate; auto: PUT, and POST where PUT is not served', '--rackspace-association-body	body of the PUT: none, or an empty ip_association')
    'ip attach' = @('--server	server, by id or name', '--port	port, by id', '--private-address	which address of the port it leads to', '--move	take it from the server that has it now', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--rackspace-association-method	how to associate; auto: PUT, and POST where PUT is not served', '--rackspace-association-body	body of the PUT: none, or an empty ip_association')
    'ip disassociate' = @('--server	only from this server, by id or name', '--if-exists	succeed when it is not there', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip unassign' = @('--server	only from this server, by id or name', '--if-exists	succeed when it is not there', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip detach' = @('--server	only from this server, by id or name', '--if-exists	succeed when it is not there', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip release' = @('--disassociate	take them off their servers first', '--if-exists	succeed when it is not there', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip delete' = @('--disassociate	take them off their servers first', '--if-exists	succeed when it is not there', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip rm' = @('--disassociate	take them off their servers first', '--if-exists	succeed when it is not there', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip move' = @('--to	the server that shall have it, by id or name', '--if-holder	only while this server has it, or none; where --to has it already nothing is done', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'ip list' = @('--free	only those that serve nobody', '--associated	only those that serve somebody', '--server	only those that serve this server', '--cidr	only those in this range', '--label	only those that have this label', '--ip-version	only this IP version', '--kind	only this kind', '--limit	at most so many, of each profile', '--all-profiles	in every profile, side by side', '--profiles	in these profiles: names, * and ? stand for any')
    'ip ls' = @('--free	only those that serve nobody', '--associated	only those that serve somebody', '--server	only those that serve this server', '--cidr	only those in this range', '--label	only those that have this label', '--ip-version	only this IP version', '--kind	only this kind', '--limit	at most so many, of each profile', '--all-profiles	in every profile, side by side', '--profiles	in these profiles: names, * and ? stand for any')
    'ip show' = @('--all-profiles	in every profile, side by side', '--profiles	in these profiles: names, * and ? stand for any')
    'ip get' = @('--all-profiles	in every profile, side by side', '--profiles	in these profiles: names, * and ? stand for any')
    'ip describe' = @('--all-profiles	in every profile, side by side', '--profiles	in these profiles: names, * and ? stand for any')
    'ip update' = @('--name	new name', '--description	new description', '--label	add or change a label', '--unlabel	remove a label', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--openstack-qos-policy	QoS policy that limits the bandwidth, by name or id; none takes it off', '--rackspace-ports	ports to add to and to take out of those that share the address: +P,-Q, by id or by the name of their server')
    'ip wait' = @('--for	what to wait for (needed)', '--timeout	how long; default: that of the provider')
    'privateip create' = @('--subnet	subnet, by id or name', '--address	ask for this address', '--count	how many; chosen addresses count towards it', '--name	name of the private IP', '--key	your own name for it: the same key again gives the same address (several: K-1, K-2, …)', '--if-not-exists	succeed with what is there; needs --name, --address or --key', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--otc-virtual	make a virtual IP, which several servers may answer for; the guests configure it themselves', '--otc-bind	bind the virtual IP to these servers (names or ids) or ports (ids), with commas between them')
    'privateip allocate' = @('--subnet	subnet, by id or name', '--address	ask for this address', '--count	how many; chosen addresses count towards it', '--name	name of the private IP', '--key	your own name for it: the same key again gives the same address (several: K-1, K-2, …)', '--if-not-exists	succeed with what is there; needs --name, --address or --key', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--otc-virtual	make a virtual IP, which several servers may answer for; the guests configure it themselves', '--otc-bind	bind the virtual IP to these servers (names or ids) or ports (ids), with commas between them')
    'privateip list' = @('--subnet	subnet, by id or name')
    'privateip ls' = @('--subnet	subnet, by id or name')
    'privateip show' = @('--subnet	subnet, by id or name')
    'privateip get' = @('--subnet	subnet, by id or name')
    'privateip describe' = @('--subnet	subnet, by id or name')
    'privateip delete' = @('--subnet	subnet, by id or name', '--if-exists	succeed when it is not there', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--otc-unbind	unbind a virtual IP from its servers first')
    'privateip rm' = @('--subnet	subnet, by id or name', '--if-exists	succeed when it is not there', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--otc-unbind	unbind a virtual IP from its servers first')
    'privateip release' = @('--subnet	subnet, by id or name', '--if-exists	succeed when it is not there', '--parallel	how many targets at once', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine', '--otc-unbind	unbind a virtual IP from its servers first')
    'server list' = @()
    'server ls' = @()
    'server show' = @()
    'server get' = @()
    'server describe' = @()
    'network list' = @()
    'network ls' = @()
    'subnet list' = @()
    'subnet ls' = @()
    'profile add' = @('--provider	kind of cloud: ipctl provider list', '--import	begin with this entry of clouds.yaml, or with the variables of env:PROVIDER, secrets left out', '--import-secrets	copy its secrets too', '--set	set an option', '--secret	where a secret comes from: - (a line of stdin), env:NAME, command:WORDS', '--test	save it only if its credentials are accepted')
    'profile create' = @('--provider	kind of cloud: ipctl provider list', '--import	begin with this entry of clouds.yaml, or with the variables of env:PROVIDER, secrets left out', '--import-secrets	copy its secrets too', '--set	set an option', '--secret	where a secret comes from: - (a line of stdin), env:NAME, command:WORDS', '--test	save it only if its credentials are accepted')
    'profile list' = @()
    'profile ls' = @()
    'profile show' = @('--explain	say where each value comes from')
    'profile get' = @('--explain	say where each value comes from')
    'profile describe' = @('--explain	say where each value comes from')
    'profile use' = @()
    'profile current' = @()
    'profile set' = @('--secret	where a secret comes from: - (a line of stdin), env:NAME, command:WORDS')
    'profile unset' = @()
    'profile rename' = @()
    'profile remove' = @('--yes	do not ask for confirmation', '-y	do not ask for confirmation')
    'profile delete' = @('--yes	do not ask for confirmation', '-y	do not ask for confirmation')
    'profile rm' = @('--yes	do not ask for confirmation', '-y	do not ask for confirmation')
    'profile test' = @('--repin	pin the account found, also when another one was pinned')
    'provider list' = @()
    'provider ls' = @()
    'provider show' = @()
    'provider get' = @()
    'provider describe' = @()
    'operation list' = @('--limit	the last N')
    'operation ls' = @('--limit	the last N')
    'op list' = @('--limit	the last N')
    'op ls' = @('--limit	the last N')
    'operation show' = @()
    'operation get' = @()
    'operation describe' = @()
    'op show' = @()
    'op get' = @()
    'op describe' = @()
    'operation resume' = @('--take	this candidate is what the operation allocated; each of several', '--none	none of the candidates is: the allocation did not happen', '--undo	go back instead: release what ip allocate --server made, put an address that a move left with nobody back on its server', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'op resume' = @('--take	this candidate is what the operation allocated; each of several', '--none	none of the candidates is: the allocation did not happen', '--undo	go back instead: release what ip allocate --server made, put an address that a move left with nobody back on its server', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'operation prune' = @('--older-than	only what began longer ago: 90d, 2w, 12h (default 90d)', '--settled	whatever its age, unless --older-than is given too', '--yes	do not ask for confirmation', '-y	do not ask for confirmation')
    'op prune' = @('--older-than	only what began longer ago: 90d, 2w, 12h (default 90d)', '--settled	whatever its age, unless --older-than is given too', '--yes	do not ask for confirmation', '-y	do not ask for confirmation')
    'sandbox serve' = @('--port	the first of their ports, the others follow (default: free ones)')
    'sandbox reset' = @()
    'sandbox journal' = @('--limit	the last N')
    'api' = @('--field	GET: into the query; else into a JSON body, such as floatingip[port_id]=null', '--input	JSON to send, from a file; - is stdin', '--header	send this header', '--include	status and headers too, also of a refusal (on stderr)', '--service	service of the provider; default: its first', '--dry-run	do the reads, print the requests that would change something, send none', '-n	do the reads, print the requests that would change something, send none', '--yes	do not ask for confirmation', '-y	do not ask for confirmation', '--wait	wait until the provider shows the result (default)', '--no-wait	return when the provider has accepted it', '--timeout	time for one target, from its first request to the shown result', '--no-journal	keep no record of the operation on this machine')
    'doctor' = @()
    'schema' = @()
    'help' = @()
    'completion' = @()
  }
  $slots = @{
    'ip associate 0' = 'live'
    'ip assign 0' = 'live'
    'ip attach 0' = 'live'
    'ip disassociate 0' = 'live'
    'ip unassign 0' = 'live'
    'ip detach 0' = 'live'
    'ip release 0' = 'live'
    'ip release 1' = 'live'
    'ip delete 0' = 'live'
    'ip delete 1' = 'live'
    'ip rm 0' = 'live'
    'ip rm 1' = 'live'
    'ip move 0' = 'live'
    'ip show 0' = 'live'
    'ip get 0' = 'live'
    'ip describe 0' = 'live'
    'ip update 0' = 'live'
    'ip wait 0' = 'live'
    'privateip show 0' = 'live'
    'privateip get 0' = 'live'
    'privateip describe 0' = 'live'
    'privateip delete 0' = 'live'
    'privateip delete 1' = 'live'
    'privateip rm 0' = 'live'
    'privateip rm 1' = 'live'
    'privateip release 0' = 'live'
    'privateip release 1' = 'live'
    'server show 0' = 'live'
    'server get 0' = 'live'
    'server describe 0' = 'live'
    'profile show 0' = 'live'
    'profile get 0' = 'live'
    'profile describe 0' = 'live'
    'profile use 0' = 'live'
    'profile set 0' = 'live'
    'profile set 1' = 'live'
    'profile unset 0' = 'live'
    'profile unset 1' = 'live'
    'profile rename 0' = 'live'
    'profile remove 0' = 'live'
    'profile delete 0' = 'live'
    'profile rm 0' = 'live'
    'profile test 0' = 'live'
    'provider show 0' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'provider get 0' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'provider describe 0' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'operation show 0' = 'live'
    'operation get 0' = 'live'
    'operation describe 0' = 'live'
    'op show 0' = 'live'
    'op get 0' = 'live'
    'op describe 0' = 'live'
    'operation resume 0' = 'live'
    'op resume 0' = 'live'
    'sandbox reset 0' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'sandbox reset 1' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'sandbox journal 0' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'sandbox journal 1' = @('openstack	OpenStack', 'hostway	Hostway FlexCloud', 'rackspace	Rackspace Public Cloud', 'otc	Open Telekom Cloud', 'rackconnect	Rackspace RackConnect v3', 'nova	OpenStack Nova, legacy floating IPs')
    'api 0' = @('GET', 'POST', 'PUT', 'PATCH', 'DELETE')
    'schema 0' = 'live'
    'help 0' = 'live'
    'help 1' = 'live'
    'completion 0' = @('bash', 'zsh', 'fish', 'powershell')
  }
  $globals = @('--profile	profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER, cloud:NAME', '-p	profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER, cloud:NAME', '--region	region, over the profile’’s own', '--output	format of the result', '-o	format of the result', '--columns	columns to show; +a adds one', '-c	columns to show; +a adds one', '--no-header	leave out the header of a table, csv or tsv', '--sort	sort by columns, - for descending', '--query	show what this takes from the JSON of the whole result, in any format (jsonl: a line for each element)', '--raw	add the provider’’s own objects to JSON', '--no-input	never ask', '--quiet	no notes on stderr', '-q	no notes on stderr', '--verbose	notes on stderr, also off a terminal', '-v	notes on stderr, also off a terminal', '--debug	a line a request on stderr; =body adds bodies, secrets masked', '--color	when to use colour', '--config	directory of the profiles', '--ca-file	trust the certificate authorities in this PEM file', '--fault	sandbox profiles only: make it misbehave, "METHOD PATH: EFFECT [xN]"', '--help	show help')

  $all = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  $program = $all[0]
  $before = @($all | Select-Object -Skip 1)
  if ($wordToComplete -ne '' -and $before.Count -gt 0) { $before = @($before | Select-Object -SkipLast 1) }
  $skip = ''; $perhaps = $false; $noun = ''; $verb = ''; $count = 0
  foreach ($word in $before) {
    if ($skip -ne '') { $skip = ''; continue }
    if ($perhaps) {
      $perhaps = $false
      if (@('true', 'false') -ccontains $word) { continue }
    }
    if ($valued -ccontains $word) { $skip = $word }
    elseif ($switches -ccontains $word) { $perhaps = $true }
    elseif ($word -like '-?*') { }
    elseif ($noun -eq '') { $noun = $word }
    elseif ($verb -eq '') { $verb = $word }
    else { $count += 1 }
  }
  $flag = $skip; $prefix = ''
  if ($wordToComplete -like '--*=*') { $flag = $wordToComplete.Split('=')[0]; $prefix = "$flag=" }
  $line = $noun
  if ($verbs.ContainsKey($noun)) { $line = "$noun $verb" } elseif ($verb -ne '') { $count += 1 }
  $found = @()
  if ($flag -ne '') { $found = $values[$flag] }
  elseif ($wordToComplete -like '-*') {
    $found = @($flags[$line]) + $globals
    foreach ($start in $early.Keys) { if ("$noun$wordToComplete".StartsWith($start)) { $found += $early[$start] } }
  }
  elseif ($noun -eq '') { $found = $nouns }
  elseif ($verbs.ContainsKey($noun) -and $verb -eq '') { $found = $verbs[$noun] }
  else { $found = $slots["$line $([Math]::Min($count, 1))"] }
  if ($found -is [string]) {
    if ($found -ne 'live') { return }
    $prefix = ''
    $found = @(& $program __complete -- @before $(if ($wordToComplete -eq '') { '""' } else { $wordToComplete }) 2>$null)
  }
  foreach ($entry in $found) {
    if (-not $entry) { continue }
    $word, $help = $entry.Split([char]9, 2)
    $word = "$prefix$word"
    if (-not $word.StartsWith($wordToComplete)) { continue }
    if (-not $help) { $help = $word }
    # A name is text: what PowerShell would take for a command is quoted.
    $text = if ($word -cmatch '^[A-Za-z0-9_+=:./-]+$') { $word } else { "'" + $word.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $help)
  }
}
