# bash completion for ipctl. Generated from the command table: ipctl completion bash
_ipctl() {
  local IFS=$' \t\n' line char next open='' begun='' cut='' kept='' at word current='' flag='' prefix='' noun='' verb='' path='' skip='' perhaps='' count=0 static='' source=''
  local -a words=()
  # bash breaks words at : and =, and so takes env:openstack and 2001:db8::1 apart: the line itself is read, as the shell quotes it.
  # What stands before the last break stays where it is (cut): the words are put in behind it.
  line=${COMP_LINE:0:COMP_POINT}
  for ((at = 0; at < ${#line}; at++)); do
    char=${line:at:1} next=${line:at+1:1}
    case $open$char in
    \'\'|\"\") open='' cut=$kept ;;
    \"\\)
      case $next in '$'|'`'|\"|\\) current+=$next at=$((at + 1)) ;; *) current+=$char ;; esac ;;
    \'?|\"?) current+=$char ;;
    \'|\") open=$char begun=1 kept=$cut cut=$current ;;
    \\) current+=$next at=$((at + 1)) begun=1 ;;
    ' '|$'\t'|$'\n')
      [[ -z $begun ]] || words+=("$current")
      current='' begun='' cut='' ;;
    *)
      current+=$char begun=1
      [[ $COMP_WORDBREAKS != *"$char"* ]] || cut=$current ;;
    esac
  done
  for word in "${words[@]:1}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    if [[ -n $perhaps ]]; then
      perhaps=''
      case $word in true|false) continue ;; esac
    fi
    case $word in
    --address|--ca-file|--cidr|--color|--columns|--config|--count|--description|--fault|--field|--for|--header|--hostway-account|--hostway-api-revision|--hostway-endpoint|--hostway-uri-style|--hostway-username|--hostway-zone|--if-holder|--import|--input|--ip-version|--key|--kind|--label|--limit|--name|--network|--nova-application-credential-id|--nova-application-credential-name|--nova-auth-type|--nova-auth-url|--nova-cacert|--nova-compute-endpoint|--nova-compute-interface|--nova-compute-region|--nova-interface|--nova-network-interface|--nova-network-region|--nova-pool|--nova-project-domain-id|--nova-project-domain-name|--nova-project-id|--nova-project-name|--nova-region|--nova-user-domain-id|--nova-user-domain-name|--nova-user-id|--nova-username|--older-than|--openstack-application-credential-id|--openstack-application-credential-name|--openstack-auth-type|--openstack-auth-url|--openstack-cacert|--openstack-compute-endpoint|--openstack-compute-interface|--openstack-compute-region|--openstack-dns-domain|--openstack-dns-name|--openstack-interface|--openstack-network-endpoint|--openstack-network-interface|--openstack-network-region|--openstack-pool|--openstack-project-domain-id|--openstack-project-domain-name|--openstack-project-id|--openstack-project-name|--openstack-qos-policy|--openstack-region|--openstack-user-domain-id|--openstack-user-domain-name|--openstack-user-id|--openstack-username|--otc-access-key|--otc-bandwidth-id|--otc-bandwidth-name|--otc-bandwidth-share|--otc-bandwidth-size|--otc-bind|--otc-charge-mode|--otc-cloud|--otc-domain-id|--otc-domain-name|--otc-ecs-endpoint|--otc-iam-endpoint|--otc-project-id|--otc-project-name|--otc-region|--otc-signature|--otc-type|--otc-user-id|--otc-username|--otc-vpc-endpoint|--output|--parallel|--pool|--port|--private-address|--profile|--profiles|--provider|--query|--rackconnect-identity-endpoint|--rackconnect-region|--rackconnect-tenant|--rackconnect-username|--rackspace-association-body|--rackspace-association-method|--rackspace-identity-endpoint|--rackspace-network|--rackspace-ports|--rackspace-region|--rackspace-tenant|--rackspace-username|--region|--secret|--server|--service|--set|--sort|--subnet|--take|--timeout|--to|--unlabel|-c|-o|-p) skip=$word ;;
    --hostway-insecure-http|--nova-insecure-http|--openstack-insecure-http|--otc-insecure-http|--otc-unbind|--otc-virtual|--rackconnect-insecure-http|--rackconnect-retain|--rackspace-insecure-http) perhaps=1 ;;
    -?*) ;;
    *)
      if [[ -z $noun ]]; then noun=$word path=$word
      elif [[ -z $verb ]]; then verb=$word
      else count=$((count + 1)); fi ;;
    esac
  done
  if [[ $current == --*=* ]]; then flag=${current%%=*} prefix=$flag=; else flag=$skip; fi
  if [[ -n $flag ]]; then
    case $flag in
    --profile|-p|--columns|-c|--sort|--pool|--network|--subnet|--server|--openstack-pool|--rackspace-network|--nova-pool|--to|--if-holder|--profiles|--import|--set|--secret) source=live ;;
    --output|-o) static='table json jsonl yaml csv tsv value' ;;
    --debug) static='body' ;;
    --color) static='auto always never' ;;
    --config) source=directories ;;
    --ca-file|--input) source=files ;;
    --ip-version) static='4 6' ;;
    --rackspace-association-method) static='put post auto' ;;
    --rackspace-association-body) static='none wrapper' ;;
    --otc-bandwidth-share) static='PER WHOLE' ;;
    --otc-charge-mode) static='traffic bandwidth 95peak_plus' ;;
    --rackconnect-retain|--otc-virtual|--otc-unbind|--openstack-insecure-http|--hostway-insecure-http|--rackspace-insecure-http|--otc-insecure-http|--rackconnect-insecure-http|--nova-insecure-http) static='true false' ;;
    --kind) static='floating shared fixed primary' ;;
    --for) static='free associated gone' ;;
    --provider) static='openstack hostway rackspace otc rackconnect nova' ;;
    --openstack-auth-type|--nova-auth-type) static='password v3password token v3token v3applicationcredential v3totp v3multifactor' ;;
    --openstack-interface|--openstack-network-interface|--openstack-compute-interface|--nova-interface|--nova-network-interface|--nova-compute-interface) static='public internal admin publicURL internalURL adminURL' ;;
    --hostway-uri-style) static='auto short account' ;;
    --hostway-api-revision) static='2013-04 2013-06 2013-10' ;;
    --otc-cloud) static='otc huawei' ;;
    --otc-signature) static='a b auto' ;;
    esac
  elif [[ -z $noun && $current != -* ]]; then
    static='ip privateip server network subnet profile provider operation sandbox api doctor schema help completion'
  else
    case $noun in
    ip) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='allocate associate disassociate release move list show update wait' ;;
    privateip) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='create list show delete' ;;
    server) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='list show' ;;
    network) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='list' ;;
    subnet) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='list' ;;
    profile) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='add list show use current set unset rename remove test' ;;
    provider) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='list show' ;;
    operation|op) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='list show resume prune' ;;
    sandbox) path="$noun $verb"; [[ -n $verb || $current == -* ]] || static='serve reset journal' ;;
    *) [[ -z $verb ]] || count=$((count + 1)) ;;
    esac
    if [[ $current == -* ]]; then
      case $path in
      'ip allocate'|'ip create') static='--ip-version --count --address --pool --network --subnet --name --description --label --server --port --key --if-not-exists --parallel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --openstack-pool --openstack-qos-policy --openstack-dns-name --openstack-dns-domain --hostway-zone --rackspace-network --rackspace-association-method --rackspace-association-body --otc-type --otc-bandwidth-size --otc-bandwidth-share --otc-bandwidth-id --otc-bandwidth-name --otc-charge-mode --rackconnect-retain --nova-pool' ;;
      'ip associate'|'ip assign'|'ip attach') static='--server --port --private-address --move --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --rackspace-association-method --rackspace-association-body' ;;
      'ip disassociate'|'ip unassign'|'ip detach') static='--server --if-exists --dry-run -n --yes -y --wait --no-wait --timeout --no-journal' ;;
      'ip release'|'ip delete'|'ip rm') static='--disassociate --if-exists --parallel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal' ;;
      'ip move') static='--to --if-holder --dry-run -n --yes -y --wait --no-wait --timeout --no-journal' ;;
      'ip list'|'ip ls') static='--free --associated --server --cidr --label --ip-version --kind --limit --all-profiles --profiles' ;;
      'ip show'|'ip get'|'ip describe') static='--all-profiles --profiles' ;;
      'ip update') static='--name --description --label --unlabel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --openstack-qos-policy --rackspace-ports' ;;
      'ip wait') static='--for --timeout' ;;
      'privateip create'|'privateip allocate') static='--subnet --address --count --name --key --if-not-exists --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --otc-virtual --otc-bind' ;;
      'privateip list'|'privateip ls') static='--subnet' ;;
      'privateip show'|'privateip get'|'privateip describe') static='--subnet' ;;
      'privateip delete'|'privateip rm'|'privateip release') static='--subnet --if-exists --parallel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --otc-unbind' ;;
      'profile add'|'profile create') static='--provider --import --import-secrets --set --secret --test' ;;
      'profile show'|'profile get'|'profile describe') static='--explain' ;;
      'profile set') static='--secret' ;;
      'profile remove'|'profile delete'|'profile rm') static='--yes -y' ;;
      'profile test') static='--repin' ;;
      'operation list'|'operation ls'|'op list'|'op ls') static='--limit' ;;
      'operation resume'|'op resume') static='--take --none --undo --dry-run -n --yes -y --wait --no-wait --timeout --no-journal' ;;
      'operation prune'|'op prune') static='--older-than --settled --yes -y' ;;
      'sandbox serve') static='--port' ;;
      'sandbox journal') static='--limit' ;;
      'api') static='--field --input --header --include --service --dry-run -n --yes -y --wait --no-wait --timeout --no-journal' ;;
      esac
      case $noun$current in
      --openstack-*) static='--openstack-auth-url --openstack-auth-type --openstack-username --openstack-user-id --openstack-user-domain-name --openstack-user-domain-id --openstack-project-name --openstack-project-id --openstack-project-domain-name --openstack-project-domain-id --openstack-application-credential-id --openstack-application-credential-name --openstack-region --openstack-interface --openstack-network-region --openstack-compute-region --openstack-network-interface --openstack-compute-interface --openstack-cacert --openstack-network-endpoint --openstack-compute-endpoint --openstack-pool --openstack-qos-policy --openstack-dns-name --openstack-dns-domain --openstack-insecure-http' ;;
      --hostway-*) static='--hostway-endpoint --hostway-username --hostway-account --hostway-uri-style --hostway-zone --hostway-api-revision --hostway-insecure-http' ;;
      --rackspace-*) static='--rackspace-identity-endpoint --rackspace-username --rackspace-tenant --rackspace-region --rackspace-network --rackspace-ports --rackspace-association-method --rackspace-association-body --rackspace-insecure-http' ;;
      --otc-*) static='--otc-cloud --otc-region --otc-iam-endpoint --otc-vpc-endpoint --otc-ecs-endpoint --otc-username --otc-user-id --otc-domain-name --otc-domain-id --otc-project-name --otc-project-id --otc-access-key --otc-signature --otc-type --otc-bandwidth-size --otc-bandwidth-share --otc-bandwidth-id --otc-bandwidth-name --otc-charge-mode --otc-virtual --otc-bind --otc-unbind --otc-insecure-http' ;;
      --rackconnect-*) static='--rackconnect-identity-endpoint --rackconnect-username --rackconnect-tenant --rackconnect-region --rackconnect-retain --rackconnect-insecure-http' ;;
      --nova-*) static='--nova-auth-url --nova-auth-type --nova-username --nova-user-id --nova-user-domain-name --nova-user-domain-id --nova-project-name --nova-project-id --nova-project-domain-name --nova-project-domain-id --nova-application-credential-id --nova-application-credential-name --nova-region --nova-interface --nova-network-region --nova-compute-region --nova-network-interface --nova-compute-interface --nova-cacert --nova-compute-endpoint --nova-pool --nova-insecure-http' ;;
      esac
      static="$static --profile -p --region --output -o --columns -c --no-header --sort --query --raw --no-input --quiet -q --verbose -v --debug --color --config --ca-file --fault --help"
    elif [[ -z $static ]]; then
      case "$path $count" in
      'ip associate 0'|'ip assign 0'|'ip attach 0') source=live ;;
      'ip disassociate 0'|'ip unassign 0'|'ip detach 0') source=live ;;
      'ip release 0'|'ip delete 0'|'ip rm 0') source=live ;;
      'ip release '*|'ip delete '*|'ip rm '*) source=live ;;
      'ip move 0') source=live ;;
      'ip show 0'|'ip get 0'|'ip describe 0') source=live ;;
      'ip update 0') source=live ;;
      'ip wait 0') source=live ;;
      'privateip show 0'|'privateip get 0'|'privateip describe 0') source=live ;;
      'privateip delete 0'|'privateip rm 0'|'privateip release 0') source=live ;;
      'privateip delete '*|'privateip rm '*|'privateip release '*) source=live ;;
      'server show 0'|'server get 0'|'server describe 0') source=live ;;
      'profile show 0'|'profile get 0'|'profile describe 0') source=live ;;
      'profile use 0') source=live ;;
      'profile set 0') source=live ;;
      'profile set '*) source=live ;;
      'profile unset 0') source=live ;;
      'profile unset '*) source=live ;;
      'profile rename 0') source=live ;;
      'profile remove 0'|'profile delete 0'|'profile rm 0') source=live ;;
      'profile test 0') source=live ;;
      'provider show 0'|'provider get 0'|'provider describe 0') static='openstack hostway rackspace otc rackconnect nova' ;;
      'operation show 0'|'operation get 0'|'operation describe 0'|'op show 0'|'op get 0'|'op describe 0') source=live ;;
      'operation resume 0'|'op resume 0') source=live ;;
      'sandbox reset 0') static='openstack hostway rackspace otc rackconnect nova' ;;
      'sandbox reset '*) static='openstack hostway rackspace otc rackconnect nova' ;;
      'sandbox journal 0') static='openstack hostway rackspace otc rackconnect nova' ;;
      'sandbox journal '*) static='openstack hostway rackspace otc rackconnect nova' ;;
      'api 0') static='GET POST PUT PATCH DELETE' ;;
      'schema 0') source=live ;;
      'help 0') source=live ;;
      'help '*) source=live ;;
      'completion 0') static='bash zsh fish powershell' ;;
      esac
    fi
  fi
  COMPREPLY=()
  case $source in
  files) compopt -o default 2>/dev/null; return ;;
  directories) compopt -o dirnames 2>/dev/null; return ;;
  live)
    while IFS=$'\t' read -r word _; do
      COMPREPLY+=("$word")
    done < <("${words[0]/#\~/$HOME}" __complete -- "${words[@]:1}" "$current" 2>/dev/null) ;;
  *)
    for word in $static; do
      [[ $prefix$word != "$current"* ]] || COMPREPLY+=("$prefix$word")
    done ;;
  esac
  # A name is text: what the shell would take for a command is quoted.
  # This key takes the open quote away.
  [[ ${COMP_TYPE-} != 42 ]] || open=''
  local single="'\\''"
  for ((at = 0; at < ${#COMPREPLY[@]}; at++)); do
    word=${COMPREPLY[at]#"$cut"}
    case $open in
    \') word=${word//\'/$single} ;;
    \") word=${word//\\/\\\\} word=${word//\"/\\\"} word=${word//'$'/\\'$'} word=${word//'`'/\\'`'} ;;
    *) [[ $word != *[!A-Za-z0-9_@%+=:,./-]* ]] || printf -v word %q "$word" ;;
    esac
    COMPREPLY[at]=$word
  done
  [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[=:] ]] || compopt -o nospace 2>/dev/null
}
complete -F _ipctl ipctl
