# fish completion for ipctl. Generated from the command table: ipctl completion fish
function __ipctl_complete
    set -l before (commandline -opc)
    set -l program $before[1]
    set -e before[1]
    set -l current (commandline -ct | string unescape)
    set -l flag
    set -l prefix ''
    set -l typed "$current"
    set -l noun
    set -l verb
    set -l line
    set -l count 0
    set -l perhaps 0
    for word in $before
        if set -q flag[1]
            set -e flag
            set -l flag
            continue
        end
        if test $perhaps = 1
            set perhaps 0
            contains -- "$word" true false; and continue
        end
        switch $word
            case '--address' '--ca-file' '--cidr' '--color' '--columns' '--config' '--count' '--description' '--fault' '--field' '--for' '--header' '--hostway-account' '--hostway-api-revision' '--hostway-endpoint' '--hostway-uri-style' '--hostway-username' '--hostway-zone' '--if-holder' '--import' '--input' '--ip-version' '--key' '--kind' '--label' '--limit' '--name' '--network' '--nova-application-credential-id' '--nova-application-credential-name' '--nova-auth-type' '--nova-auth-url' '--nova-cacert' '--nova-compute-endpoint' '--nova-compute-interface' '--nova-compute-region' '--nova-interface' '--nova-network-interface' '--nova-network-region' '--nova-pool' '--nova-project-domain-id' '--nova-project-domain-name' '--nova-project-id' '--nova-project-name' '--nova-region' '--nova-user-domain-id' '--nova-user-domain-name' '--nova-user-id' '--nova-username' '--older-than' '--openstack-application-credential-id' '--openstack-application-credential-name' '--openstack-auth-type' '--openstack-auth-url' '--openstack-cacert' '--openstack-compute-endpoint' '--openstack-compute-interface' '--openstack-compute-region' '--openstack-dns-domain' '--openstack-dns-name' '--openstack-interface' '--openstack-network-endpoint' '--openstack-network-interface' '--openstack-network-region' '--openstack-pool' '--openstack-project-domain-id' '--openstack-project-domain-name' '--openstack-project-id' '--openstack-project-name' '--openstack-qos-policy' '--openstack-region' '--openstack-user-domain-id' '--openstack-user-domain-name' '--openstack-user-id' '--openstack-username' '--otc-access-key' '--otc-bandwidth-id' '--otc-bandwidth-name' '--otc-bandwidth-share' '--otc-bandwidth-size' '--otc-bind' '--otc-charge-mode' '--otc-cloud' '--otc-domain-id' '--otc-domain-name' '--otc-ecs-endpoint' '--otc-iam-endpoint' '--otc-project-id' '--otc-project-name' '--otc-region' '--otc-signature' '--otc-type' '--otc-user-id' '--otc-username' '--otc-vpc-endpoint' '--output' '--parallel' '--pool' '--port' '--private-address' '--profile' '--profiles' '--provider' '--query' '--rackconnect-identity-endpoint' '--rackconnect-region' '--rackconnect-tenant' '--rackconnect-username' '--rackspace-association-body' '--rackspace-association-method' '--rackspace-identity-endpoint' '--rackspace-network' '--rackspace-ports' '--rackspace-region' '--rackspace-tenant' '--rackspace-username' '--region' '--secret' '--server' '--service' '--set' '--sort' '--subnet' '--take' '--timeout' '--to' '--unlabel' '-c' '-o' '-p'
                set flag $word
            case '--hostway-insecure-http' '--nova-insecure-http' '--openstack-insecure-http' '--otc-insecure-http' '--otc-unbind' '--otc-virtual' '--rackconnect-insecure-http' '--rackconnect-retain' '--rackspace-insecure-http'
                set perhaps 1
            case '-?*'
            case '*'
                if not set -q noun[1]
                    set noun $word
                    set line $word
                else if not set -q verb[1]
                    set verb $word
                else
                    set count (math $count + 1)
                end
        end
    end
    if string match -q -- '--*=*' "$current"
        set flag (string split -m 1 = -- $current)[1]
        set prefix $flag=
        set typed (string split -m 1 = -- $current)[2]
    end
    set -l format "$prefix%s\t%s\n"
    if set -q flag[1]
        switch $flag
            case '--profile' '-p' '--columns' '-c' '--sort' '--pool' '--network' '--subnet' '--server' '--openstack-pool' '--rackspace-network' '--nova-pool' '--to' '--if-holder' '--profiles' '--import' '--set' '--secret'
                command $program __complete -- $before "$current" 2>/dev/null
            case '--output' '-o'
                printf "$format" 'table' '' 'json' '' 'jsonl' '' 'yaml' '' 'csv' '' 'tsv' '' 'value' ''
            case '--debug'
                printf "$format" 'body' ''
            case '--color'
                printf "$format" 'auto' '' 'always' '' 'never' ''
            case '--config'
                for path in (__fish_complete_directories "$typed"); echo "$prefix$path"; end
            case '--ca-file' '--input'
                for path in (__fish_complete_path "$typed"); echo "$prefix$path"; end
            case '--ip-version'
                printf "$format" '4' '' '6' ''
            case '--rackspace-association-method'
                printf "$format" 'put' '' 'post' '' 'auto' ''
            case '--rackspace-association-body'
                printf "$format" 'none' '' 'wrapper' ''
            case '--otc-bandwidth-share'
                printf "$format" 'PER' '' 'WHOLE' ''
            case '--otc-charge-mode'
                printf "$format" 'traffic' '' 'bandwidth' '' '95peak_plus' ''
            case '--rackconnect-retain' '--otc-virtual' '--otc-unbind' '--openstack-insecure-http' '--hostway-insecure-http' '--rackspace-insecure-http' '--otc-insecure-http' '--rackconnect-insecure-http' '--nova-insecure-http'
                printf "$format" 'true' '' 'false' ''
            case '--kind'
                printf "$format" 'floating' '' 'shared' '' 'fixed' '' 'primary' ''
            case '--for'
                printf "$format" 'free' '' 'associated' '' 'gone' ''
            case '--provider'
                printf "$format" 'openstack' 'OpenStack' 'hostway' 'Hostway FlexCloud' 'rackspace' 'Rackspace Public Cloud' 'otc' 'Open Telekom Cloud' 'rackconnect' 'Rackspace RackConnect v3' 'nova' 'OpenStack Nova, legacy floating IPs'
            case '--openstack-auth-type' '--nova-auth-type'
                printf "$format" 'password' '' 'v3password' '' 'token' '' 'v3token' '' 'v3applicationcredential' '' 'v3totp' '' 'v3multifactor' ''
            case '--openstack-interface' '--openstack-network-interface' '--openstack-compute-interface' '--nova-interface' '--nova-network-interface' '--nova-compute-interface'
                printf "$format" 'public' '' 'internal' '' 'admin' '' 'publicURL' '' 'internalURL' '' 'adminURL' ''
            case '--hostway-uri-style'
                printf "$format" 'auto' '' 'short' '' 'account' ''
            case '--hostway-api-revision'
                printf "$format" '2013-04' '' '2013-06' '' '2013-10' ''
            case '--otc-cloud'
                printf "$format" 'otc' '' 'huawei' ''
            case '--otc-signature'
                printf "$format" 'a' '' 'b' '' 'auto' ''
        end
        return
    end
    set -l flags (string match -q -- '-*' "$current"; and echo 1)
    if not set -q noun[1]; and not set -q flags[1]
        printf "$format" 'ip' 'floating IPs' 'privateip' 'private IPs of subnets' 'server' 'servers' 'network' 'networks' 'subnet' 'subnets' 'profile' 'named credentials' 'provider' 'kinds of cloud and what each can do' 'operation' 'recorded changes' 'sandbox' 'a cloud to try things on' 'api' 'a request of your own to the provider' 'doctor' 'whether all is well' 'schema' 'JSON Schema of the output' 'help' 'help on commands and topics' 'completion' 'completion script of a shell'
        return
    end
    switch "$noun"
        case 'ip'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'allocate' 'Allocate a floating IP' 'associate' 'Put a floating IP on a server' 'disassociate' 'Take a floating IP off its servers' 'release' 'Give floating IPs back' 'move' 'Move a floating IP from one server to another' 'list' 'List floating IPs' 'show' 'Show one floating IP' 'update' 'Change name, description or labels of a floating IP' 'wait' 'Wait until a floating IP is free, associated or gone'
                return
            end
        case 'privateip'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'create' 'Create private IPs in a subnet' 'list' 'List private IPs' 'show' 'Show one private IP' 'delete' 'Delete private IPs'
                return
            end
        case 'server'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'list' 'List the servers an address can be put on' 'show' 'Show one server'
                return
            end
        case 'network'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'list' 'List networks'
                return
            end
        case 'subnet'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'list' 'List subnets'
                return
            end
        case 'profile'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'add' 'Add a profile: named credentials and options of a provider' 'list' 'List profiles' 'show' 'Show a profile, secrets masked' 'use' 'Make a profile the current one' 'current' 'Print the name of the profile in use' 'set' 'Change options of a profile' 'unset' 'Remove options of a profile' 'rename' 'Rename a profile' 'remove' 'Remove a profile' 'test' 'Ask the provider who these credentials are, and pin that account'
                return
            end
        case 'provider'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'list' 'List the kinds of cloud' 'show' 'Show what a provider can do, and its options'
                return
            end
        case 'operation' 'op'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'list' 'List recorded operations' 'show' 'Show a recorded operation with its requests' 'resume' 'Go on with an operation whose outcome is not known, or that was cut short' 'prune' 'Remove records of settled operations, none that can be gone on with'
                return
            end
        case 'sandbox'
            set line "$noun $verb"
            if not set -q verb[1]; and not set -q flags[1]
                printf "$format" 'serve' 'Run the sandbox, so that anything can be pointed at it' 'reset' 'Put the sandbox clouds back to their beginning' 'journal' 'Show the last requests that the sandbox received'
                return
            end
        case '*'
            set -q verb[1]; and set count (math $count + 1)
    end
    if set -q flags[1]
        switch "$line"
            case 'ip allocate' 'ip create'
                printf "$format" '--ip-version' 'IP version' '--count' 'how many; chosen addresses count towards it' '--address' 'ask for this address' '--pool' 'what to draw from: an external network, an EIP pool' '--network' 'whose ports share the address (Rackspace)' '--subnet' 'subnet of the pool to draw from, by id or name' '--name' 'name of the address' '--description' 'description of the address' '--label' 'label of the address' '--server' 'associate it with this server at once, by id or name' '--port' 'associate it with this port at once, by id' '--key' 'your own name for it: the same key again gives the same address (several: K-1, K-2, …)' '--if-not-exists' 'succeed with what is there; needs --name, --address or --key' '--parallel' 'how many targets at once' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine' '--openstack-pool' 'external network to draw addresses from, by name or id' '--openstack-qos-policy' 'QoS policy that limits the bandwidth, by name or id; none takes it off' '--openstack-dns-name' 'name that the cloud puts into its DNS' '--openstack-dns-domain' 'domain of that name, with a dot at its end' '--hostway-zone' 'zone to draw the address from, e.g. AUS001' '--rackspace-network' 'network whose ports share the address: PublicNet, or an isolated one by id or name' '--rackspace-association-method' 'how to associate; auto: PUT, and POST where PUT is not served' '--rackspace-association-body' 'body of the PUT: none, or an empty ip_association' '--otc-type' 'kind of EIP, also --pool: 5_bgp, 5_mailbgp, ...' '--otc-bandwidth-size' 'Mbit/s of the EIP’s own bandwidth; it is billed, so there is no default' '--otc-bandwidth-share' 'PER: a bandwidth of its own; WHOLE: join a shared one' '--otc-bandwidth-id' 'the shared bandwidth to join' '--otc-bandwidth-name' 'name of the EIP’s own bandwidth; a chosen one cannot tell us a lost answer apart' '--otc-charge-mode' 'what is billed; Open Telekom Cloud knows traffic only' '--rackconnect-retain' 'keep the address when its server goes; default: only one that is allocated without a server' '--nova-pool' 'pool to draw addresses from, by name'
            case 'ip associate' 'ip assign' 'ip attach'
                printf "$format" '--server' 'server, by id or name' '--port' 'port, by id' '--private-address' 'which address of the port it leads to' '--move' 'take it from the server that has it now' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine' '--rackspace-association-method' 'how to associate; auto: PUT, and POST where PUT is not served' '--rackspace-association-body' 'body of the PUT: none, or an empty ip_association'
            case 'ip disassociate' 'ip unassign' 'ip detach'
                printf "$format" '--server' 'only from this server, by id or name' '--if-exists' 'succeed when it is not there' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine'
            case 'ip release' 'ip delete' 'ip rm'
                printf "$format" '--disassociate' 'take them off their servers first' '--if-exists' 'succeed when it is not there' '--parallel' 'how many targets at once' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine'
            case 'ip move'
                printf "$format" '--to' 'the server that shall have it, by id or name' '--if-holder' 'only while this server has it, or none; where --to has it already nothing is done' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine'
            case 'ip list' 'ip ls'
                printf "$format" '--free' 'only those that serve nobody' '--associated' 'only those that serve somebody' '--server' 'only those that serve this server' '--cidr' 'only those in this range' '--label' 'only those that have this label' '--ip-version' 'only this IP version' '--kind' 'only this kind' '--limit' 'at most so many, of each profile' '--all-profiles' 'in every profile, side by side' '--profiles' 'in these profiles: names, * and ? stand for any'
            case 'ip show' 'ip get' 'ip describe'
                printf "$format" '--all-profiles' 'in every profile, side by side' '--profiles' 'in these profiles: names, * and ? stand for any'
            case 'ip update'
                printf "$format" '--name' 'new name' '--description' 'new description' '--label' 'add or change a label' '--unlabel' 'remove a label' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine' '--openstack-qos-policy' 'QoS policy that limits the bandwidth, by name or id; none takes it off' '--rackspace-ports' 'ports to add to and to take out of those that share the address: +P,-Q, by id or by the name of their server'
            case 'ip wait'
                printf "$format" '--for' 'what to wait for (needed)' '--timeout' 'how long; default: that of the provider'
            case 'privateip create' 'privateip allocate'
                printf "$format" '--subnet' 'subnet, by id or name' '--address' 'ask for this address' '--count' 'how many; chosen addresses count towards it' '--name' 'name of the private IP' '--key' 'your own name for it: the same key again gives the same address (several: K-1, K-2, …)' '--if-not-exists' 'succeed with what is there; needs --name, --address or --key' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine' '--otc-virtual' 'make a virtual IP, which several servers may answer for; the guests configure it themselves' '--otc-bind' 'bind the virtual IP to these servers (names or ids) or ports (ids), with commas between them'
            case 'privateip list' 'privateip ls'
                printf "$format" '--subnet' 'subnet, by id or name'
            case 'privateip show' 'privateip get' 'privateip describe'
                printf "$format" '--subnet' 'subnet, by id or name'
            case 'privateip delete' 'privateip rm' 'privateip release'
                printf "$format" '--subnet' 'subnet, by id or name' '--if-exists' 'succeed when it is not there' '--parallel' 'how many targets at once' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine' '--otc-unbind' 'unbind a virtual IP from its servers first'
            case 'profile add' 'profile create'
                printf "$format" '--provider' 'kind of cloud: ipctl provider list' '--import' 'begin with this entry of clouds.yaml, or with the variables of env:PROVIDER, secrets left out' '--import-secrets' 'copy its secrets too' '--set' 'set an option' '--secret' 'where a secret comes from: - (a line of stdin), env:NAME, command:WORDS' '--test' 'save it only if its credentials are accepted'
            case 'profile show' 'profile get' 'profile describe'
                printf "$format" '--explain' 'say where each value comes from'
            case 'profile set'
                printf "$format" '--secret' 'where a secret comes from: - (a line of stdin), env:NAME, command:WORDS'
            case 'profile remove' 'profile delete' 'profile rm'
                printf "$format" '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation'
            case 'profile test'
                printf "$format" '--repin' 'pin the account found, also when another one was pinned'
            case 'operation list' 'operation ls' 'op list' 'op ls'
                printf "$format" '--limit' 'the last N'
            case 'operation resume' 'op resume'
                printf "$format" '--take' 'this candidate is what the operation allocated; each of several' '--none' 'none of the candidates is: the allocation did not happen' '--undo' 'go back instead: release what ip allocate --server made, put an address that a move left with nobody back on its server' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine'
            case 'operation prune' 'op prune'
                printf "$format" '--older-than' 'only what began longer ago: 90d, 2w, 12h (default 90d)' '--settled' 'whatever its age, unless --older-than is given too' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation'
            case 'sandbox serve'
                printf "$format" '--port' 'the first of their ports, the others follow (default: free ones)'
            case 'sandbox journal'
                printf "$format" '--limit' 'the last N'
            case 'api'
                printf "$format" '--field' 'GET: into the query; else into a JSON body, such as floatingip[port_id]=null' '--input' 'JSON to send, from a file; - is stdin' '--header' 'send this header' '--include' 'status and headers too, also of a refusal (on stderr)' '--service' 'service of the provider; default: its first' '--dry-run' 'do the reads, print the requests that would change something, send none' '-n' 'do the reads, print the requests that would change something, send none' '--yes' 'do not ask for confirmation' '-y' 'do not ask for confirmation' '--wait' 'wait until the provider shows the result (default)' '--no-wait' 'return when the provider has accepted it' '--timeout' 'time for one target, from its first request to the shown result' '--no-journal' 'keep no record of the operation on this machine'
        end
        switch "$noun$current"
            case '--openstack-*'
                printf "$format" '--openstack-auth-url' 'identity service (Keystone v3), with or without /v3' '--openstack-auth-type' 'how to log in; default: as the credentials say that are there' '--openstack-username' 'user name' '--openstack-user-id' 'user id, instead of name and domain' '--openstack-user-domain-name' 'domain of the user name, which says nothing without it' '--openstack-user-domain-id' 'domain of the user name, by id' '--openstack-project-name' 'project name' '--openstack-project-id' 'project id, instead of name and domain' '--openstack-project-domain-name' 'domain of the project name, which says nothing without it' '--openstack-project-domain-id' 'domain of the project name, by id' '--openstack-application-credential-id' 'application credential, which carries its own project' '--openstack-application-credential-name' 'application credential by name, with its user' '--openstack-region' 'region; default: the first of the catalog' '--openstack-interface' 'which endpoints of the catalog to use' '--openstack-network-region' 'region of the network service, where it is another' '--openstack-compute-region' 'region of the compute service, where it is another' '--openstack-network-interface' 'interface of the network service, where it is another' '--openstack-compute-interface' 'interface of the compute service, where it is another' '--openstack-cacert' 'file of the certificate authorities to trust (PEM), instead of the system’s' '--openstack-network-endpoint' 'network service, instead of the one in the catalog' '--openstack-compute-endpoint' 'compute service, instead of the one in the catalog' '--openstack-pool' 'external network to draw addresses from, by name or id' '--openstack-qos-policy' 'QoS policy that limits the bandwidth, by name or id; none takes it off' '--openstack-dns-name' 'name that the cloud puts into its DNS' '--openstack-dns-domain' 'domain of that name, with a dot at its end' '--openstack-insecure-http' 'allow plain http, credentials and all'
            case '--hostway-*'
                printf "$format" '--hostway-endpoint' 'API host' '--hostway-username' 'user name of the control panel' '--hostway-account' 'account id, where the user may act for several' '--hostway-uri-style' 'with or without /accounts/ID/flexcloud in URIs; auto: with, when account is set' '--hostway-zone' 'zone to draw the address from, e.g. AUS001' '--hostway-api-revision' 'the API as of then: no zone before 2013-06, no account URIs before 2013-10' '--hostway-insecure-http' 'allow plain http, credentials and all'
            case '--rackspace-*'
                printf "$format" '--rackspace-identity-endpoint' 'identity service; UK accounts: https://lon.identity.api.rackspacecloud.com/v2.0/' '--rackspace-username' 'user name of the control panel' '--rackspace-tenant' 'account number, where the user may act for several' '--rackspace-region' 'region, e.g. DFW; default: that of the user' '--rackspace-network' 'network whose ports share the address: PublicNet, or an isolated one by id or name' '--rackspace-ports' 'ports to add to and to take out of those that share the address: +P,-Q, by id or by the name of their server' '--rackspace-association-method' 'how to associate; auto: PUT, and POST where PUT is not served' '--rackspace-association-body' 'body of the PUT: none, or an empty ip_association' '--rackspace-insecure-http' 'allow plain http, credentials and all'
            case '--otc-*'
                printf "$format" '--otc-cloud' 'which of the two clouds that speak this API; decides the default endpoints' '--otc-region' 'region, e.g. eu-de, eu-nl, eu-ch2' '--otc-iam-endpoint' 'identity service; default: that of the region' '--otc-vpc-endpoint' 'network and EIP service; default: that of the region' '--otc-ecs-endpoint' 'server service; default: that of the region' '--otc-username' 'name of the user' '--otc-user-id' 'id of the user, in place of name and domain' '--otc-domain-name' 'the account: name of the domain, OTC and digits' '--otc-domain-id' 'the account: id of the domain' '--otc-project-name' 'project; default: the one named like the region' '--otc-project-id' 'project by its id, 32 hex digits' '--otc-access-key' 'access key (AK), in place of user and password' '--otc-signature' 'dialect of access key signatures: a plain key, b derived key; auto: b on otc, a on huawei' '--otc-type' 'kind of EIP, also --pool: 5_bgp, 5_mailbgp, ...' '--otc-bandwidth-size' 'Mbit/s of the EIP’s own bandwidth; it is billed, so there is no default' '--otc-bandwidth-share' 'PER: a bandwidth of its own; WHOLE: join a shared one' '--otc-bandwidth-id' 'the shared bandwidth to join' '--otc-bandwidth-name' 'name of the EIP’s own bandwidth; a chosen one cannot tell us a lost answer apart' '--otc-charge-mode' 'what is billed; Open Telekom Cloud knows traffic only' '--otc-virtual' 'make a virtual IP, which several servers may answer for; the guests configure it themselves' '--otc-bind' 'bind the virtual IP to these servers (names or ids) or ports (ids), with commas between them' '--otc-unbind' 'unbind a virtual IP from its servers first' '--otc-insecure-http' 'allow plain http, credentials and all'
            case '--rackconnect-*'
                printf "$format" '--rackconnect-identity-endpoint' 'identity service; UK accounts: https://lon.identity.api.rackspacecloud.com/v2.0/' '--rackconnect-username' 'user name of the control panel' '--rackconnect-tenant' 'account number, where the user may act for several' '--rackconnect-region' 'region, e.g. DFW; default: that of the user' '--rackconnect-retain' 'keep the address when its server goes; default: only one that is allocated without a server' '--rackconnect-insecure-http' 'allow plain http, credentials and all'
            case '--nova-*'
                printf "$format" '--nova-auth-url' 'identity service (Keystone v3), with or without /v3' '--nova-auth-type' 'how to log in; default: as the credentials say that are there' '--nova-username' 'user name' '--nova-user-id' 'user id, instead of name and domain' '--nova-user-domain-name' 'domain of the user name, which says nothing without it' '--nova-user-domain-id' 'domain of the user name, by id' '--nova-project-name' 'project name' '--nova-project-id' 'project id, instead of name and domain' '--nova-project-domain-name' 'domain of the project name, which says nothing without it' '--nova-project-domain-id' 'domain of the project name, by id' '--nova-application-credential-id' 'application credential, which carries its own project' '--nova-application-credential-name' 'application credential by name, with its user' '--nova-region' 'region; default: the first of the catalog' '--nova-interface' 'which endpoints of the catalog to use' '--nova-network-region' 'region of the network service, where it is another' '--nova-compute-region' 'region of the compute service, where it is another' '--nova-network-interface' 'interface of the network service, where it is another' '--nova-compute-interface' 'interface of the compute service, where it is another' '--nova-cacert' 'file of the certificate authorities to trust (PEM), instead of the system’s' '--nova-compute-endpoint' 'compute service, instead of the one in the catalog' '--nova-pool' 'pool to draw addresses from, by name' '--nova-insecure-http' 'allow plain http, credentials and all'
        end
        printf "$format" '--profile' 'profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER, cloud:NAME' '-p' 'profile to use: a name, sandbox, sandbox-PROVIDER, env:PROVIDER, cloud:NAME' '--region' 'region, over the profile’s own' '--output' 'format of the result' '-o' 'format of the result' '--columns' 'columns to show; +a adds one' '-c' 'columns to show; +a adds one' '--no-header' 'leave out the header of a table, csv or tsv' '--sort' 'sort by columns, - for descending' '--query' 'show what this takes from the JSON of the whole result, in any format (jsonl: a line for each element)' '--raw' 'add the provider’s own objects to JSON' '--no-input' 'never ask' '--quiet' 'no notes on stderr' '-q' 'no notes on stderr' '--verbose' 'notes on stderr, also off a terminal' '-v' 'notes on stderr, also off a terminal' '--debug' 'a line a request on stderr; =body adds bodies, secrets masked' '--color' 'when to use colour' '--config' 'directory of the profiles' '--ca-file' 'trust the certificate authorities in this PEM file' '--fault' 'sandbox profiles only: make it misbehave, "METHOD PATH: EFFECT [xN]"' '--help' 'show help'
    else
        switch "$line $count"
            case 'ip associate 0' 'ip assign 0' 'ip attach 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip disassociate 0' 'ip unassign 0' 'ip detach 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip release 0' 'ip delete 0' 'ip rm 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip release *' 'ip delete *' 'ip rm *'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip move 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip show 0' 'ip get 0' 'ip describe 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip update 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'ip wait 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'privateip show 0' 'privateip get 0' 'privateip describe 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'privateip delete 0' 'privateip rm 0' 'privateip release 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'privateip delete *' 'privateip rm *' 'privateip release *'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'server show 0' 'server get 0' 'server describe 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile show 0' 'profile get 0' 'profile describe 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile use 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile set 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile set *'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile unset 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile unset *'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile rename 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile remove 0' 'profile delete 0' 'profile rm 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'profile test 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'provider show 0' 'provider get 0' 'provider describe 0'
                printf "$format" 'openstack' 'OpenStack' 'hostway' 'Hostway FlexCloud' 'rackspace' 'Rackspace Public Cloud' 'otc' 'Open Telekom Cloud' 'rackconnect' 'Rackspace RackConnect v3' 'nova' 'OpenStack Nova, legacy floating IPs'
            case 'operation show 0' 'operation get 0' 'operation describe 0' 'op show 0' 'op get 0' 'op describe 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'operation resume 0' 'op resume 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'sandbox reset 0'
                printf "$format" 'openstack' 'OpenStack' 'hostway' 'Hostway FlexCloud' 'rackspace' 'Rackspace Public Cloud' 'otc' 'Open Telekom Cloud' 'rackconnect' 'Rackspace RackConnect v3' 'nova' 'OpenStack Nova, legacy floating IPs'
            case 'sandbox reset *'
                printf "$format" 'openstack' 'OpenStack' 'hostway' 'Hostway FlexCloud' 'rackspace' 'Rackspace Public Cloud' 'otc' 'Open Telekom Cloud' 'rackconnect' 'Rackspace RackConnect v3' 'nova' 'OpenStack Nova, legacy floating IPs'
            case 'sandbox journal 0'
                printf "$format" 'openstack' 'OpenStack' 'hostway' 'Hostway FlexCloud' 'rackspace' 'Rackspace Public Cloud' 'otc' 'Open Telekom Cloud' 'rackconnect' 'Rackspace RackConnect v3' 'nova' 'OpenStack Nova, legacy floating IPs'
            case 'sandbox journal *'
                printf "$format" 'openstack' 'OpenStack' 'hostway' 'Hostway FlexCloud' 'rackspace' 'Rackspace Public Cloud' 'otc' 'Open Telekom Cloud' 'rackconnect' 'Rackspace RackConnect v3' 'nova' 'OpenStack Nova, legacy floating IPs'
            case 'api 0'
                printf "$format" 'GET' '' 'POST' '' 'PUT' '' 'PATCH' '' 'DELETE' ''
            case 'schema 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'help 0'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'help *'
                command $program __complete -- $before "$current" 2>/dev/null
            case 'completion 0'
                printf "$format" 'bash' '' 'zsh' '' 'fish' '' 'powershell' ''
        end
    end
end
complete -c ipctl -f -k -a '(__ipctl_complete)'
