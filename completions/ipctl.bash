# bash completion for ipctl. Generated from the command table: ipctl completion bash
_ipctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local noun='' verb='' skip='' word words='' index
  # env:openstack and --flag=value reach us in pieces, since bash breaks words at : and =
  if [[ $previous == ':' || $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; [[ $previous == env ]] && previous=-p; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $word in
    --address|--ca-file|--cidr|--color|--columns|--config|--count|--description|--fault|--hostway-zone|--if-holder|--ip-version|--kind|--label|--limit|--name|--network|--openstack-pool|--otc-bandwidth-id|--otc-bandwidth-name|--otc-bandwidth-share|--otc-bandwidth-size|--otc-charge-mode|--otc-type|--output|--parallel|--pool|--port|--private-address|--profile|--provider|--rackspace-association-body|--rackspace-association-method|--rackspace-network|--region|--secret|--server|--set|--sort|--subnet|--take|--timeout|--to|--unlabel|-c|-o|-p) skip=1 ;;
    -*|:|=) ;;
    *) if [[ -z $noun ]]; then noun=$word; elif [[ -z $verb ]]; then verb=$word; fi ;;
    esac
  done
  case $previous in
    --ip-version) words="4 6" ;;
    --rackspace-association-method) words="put post auto" ;;
    --rackspace-association-body) words="none wrapper" ;;
    --otc-bandwidth-share) words="PER WHOLE" ;;
    --otc-charge-mode) words="traffic bandwidth 95peak_plus" ;;
    --kind) words="floating shared fixed primary" ;;
    --output) words="table json jsonl csv tsv value" ;;
    -o) words="table json jsonl csv tsv value" ;;
    --color) words="auto always never" ;;
    --profile) words="sandbox sandbox-openstack sandbox-hostway sandbox-rackspace sandbox-otc env:openstack env:hostway env:rackspace env:otc" ;;
    -p) words="sandbox sandbox-openstack sandbox-hostway sandbox-rackspace sandbox-otc env:openstack env:hostway env:rackspace env:otc" ;;
    --provider) words="openstack hostway rackspace otc" ;;
  esac
  if [[ -z $words && $current == -* ]]; then
    case "$noun${verb:+ $verb}" in
    "ip allocate") words="--ip-version --count --address --pool --network --subnet --name --description --label --server --port --if-not-exists --parallel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --openstack-pool --hostway-zone --rackspace-network --rackspace-association-method --rackspace-association-body --otc-type --otc-bandwidth-size --otc-bandwidth-share --otc-bandwidth-id --otc-bandwidth-name --otc-charge-mode" ;;
    "ip associate") words="--server --port --private-address --move --dry-run -n --yes -y --wait --no-wait --timeout --no-journal --rackspace-association-method --rackspace-association-body" ;;
    "ip disassociate") words="--server --if-exists --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "ip release") words="--disassociate --if-exists --parallel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "ip move") words="--to --if-holder --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "ip list") words="--free --associated --server --cidr --label --ip-version --kind --limit" ;;
    "ip show") words="" ;;
    "ip update") words="--name --description --label --unlabel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "privateip create") words="--subnet --address --count --name --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "privateip list") words="--subnet" ;;
    "privateip show") words="--subnet" ;;
    "privateip delete") words="--subnet --if-exists --parallel --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "server list") words="" ;;
    "server show") words="" ;;
    "network list") words="" ;;
    "subnet list") words="" ;;
    "profile add") words="--provider --set --secret --test" ;;
    "profile list") words="" ;;
    "profile show") words="--explain" ;;
    "profile use") words="" ;;
    "profile current") words="" ;;
    "profile set") words="--secret" ;;
    "profile unset") words="" ;;
    "profile rename") words="" ;;
    "profile remove") words="--yes -y" ;;
    "profile test") words="--repin" ;;
    "provider list") words="" ;;
    "provider show") words="" ;;
    "operation list") words="--limit" ;;
    "operation show") words="" ;;
    "operation resume") words="--take --none --dry-run -n --yes -y --wait --no-wait --timeout --no-journal" ;;
    "sandbox serve") words="--port" ;;
    "sandbox reset") words="" ;;
    "sandbox journal") words="--limit" ;;
    "completion") words="" ;;
    esac
    words="$words --profile -p --region --output -o --columns -c --no-header --sort --raw --no-input --quiet -q --verbose -v --debug --color --config --ca-file --fault --help"
  elif [[ -z $words && -z $noun ]]; then
    words="ip privateip server network subnet profile provider operation sandbox completion"
  elif [[ -z $words && -z $verb ]]; then
    case $noun in
    ip) words="allocate associate disassociate release move list show update" ;;
    privateip) words="create list show delete" ;;
    server) words="list show" ;;
    network) words="list" ;;
    subnet) words="list" ;;
    profile) words="add list show use current set unset rename remove test" ;;
    provider) words="list show" ;;
    operation|op) words="list show resume" ;;
    sandbox) words="serve reset journal" ;;
    completion) words="bash" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _ipctl ipctl
