/** The main job on an OpenStack, as it is printed, whichever cloud plays it: `{pool}`, `{subnet}` and `{chosen}` are the cloud's. */
export const transcript = `\
$ ipctl ip list -o json
[]
$ ipctl ip allocate --pool {pool} --description web -o value -c action,changed,address,state,description
allocate	true	{address}	free	web
profile … (OpenStack), …
$ ipctl ip show {address} -o json
{
  "profile": "env:openstack",
  "provider": "openstack",
  "project": "{project}",
  "region": "RegionOne",
  "id": "{id}",
  "address": "{address}",
  "version": 4,
  "prefixLength": null,
  "kind": "floating",
  "name": null,
  "description": "web",
  "labels": {},
  "reverseDns": null,
  "protected": null,
  "state": "free",
  "providerState": "DOWN",
  "ports": [],
  "associations": [],
  "network": "{network}",
  "subnet": null,
  "pool": "{network}",
  "createdAt": "{created}",
  "updatedAt": "{updated}"
}
$ ipctl ip associate {address} --server web-1 -o value -c action,changed,address,state,server
associate	true	{address}	associated	web-1
profile … (OpenStack), …
$ ipctl ip associate {address} --server web-1 -o value -c action,changed,address,state,server
associate	false	{address}	associated	web-1
profile … (OpenStack), …
$ ipctl ip associate {address} --server web-2
profile … (OpenStack), …
ipctl: {address} is associated with web-1
  --move takes it from there
(exit 6)
$ ipctl ip move {address} --to web-2 --if-holder web-2 -o value -c action,changed
profile … (OpenStack), …
ipctl: {address} is held by web-1, not by web-2
(exit 6)
$ ipctl ip move {address} --to web-2 --if-holder web-1 -o value -c action,changed,address,server
move	true	{address}	web-2
profile … (OpenStack), …
$ ipctl ip list --server web-2 -o value -c address,state,server,id
{address}	associated	web-2	{id}
$ ipctl ip list --server web-1 -o value
$ ipctl ip update {id} --label team=web --description www -o value -c changed,address,description
true	{address}	www
profile … (OpenStack), …
$ ipctl ip update {id} --label team=web --description www -o value -c changed
false
profile … (OpenStack), …
$ ipctl ip list --label team=web -o value -c address,description
{address}	www
$ ipctl ip list --label team=db -o value
$ ipctl ip release {address} --yes
profile … (OpenStack), …
ipctl: {address} is associated with web-2
  --disassociate takes it off first
(exit 6)
$ ipctl ip disassociate {address} --server web-1
profile … (OpenStack), …
ipctl: {address} is associated with web-2, not with web-1
(exit 6)
$ ipctl ip disassociate {address} -o value -c action,changed,address,state
disassociate	true	{address}	free
profile … (OpenStack), …
$ ipctl ip disassociate {address} -o value -c action,changed,address,state
disassociate	false	{address}	free
profile … (OpenStack), …
$ ipctl ip release {address}
profile … (OpenStack), …
ipctl: not confirmed: Release {address}, of profile env:openstack (OpenStack)?
  off a terminal, --yes agrees
(exit 13)
$ ipctl ip release {address} --yes -o value -c action,changed,address
release	true	{address}
profile … (OpenStack), …
$ ipctl ip show {address}
ipctl: no floating IP '{address}' in profile env:openstack
(exit 3)
$ ipctl ip release {address} --yes --if-exists -o value -c action,changed
release	false
profile … (OpenStack), …
$ ipctl privateip create --subnet {subnet} --address {chosen} -o value -c action,changed,address,state
create	true	{chosen}	free
profile … (OpenStack), …
$ ipctl privateip create --subnet {subnet} --address {chosen}
profile … (OpenStack), …
ipctl: IP address {chosen} already allocated in subnet … (openstack 409 IpAddressAlreadyAllocated, request req-…)
  operation …: not-applied
(exit 6)
$ ipctl privateip delete {chosen} --subnet {subnet} --yes -o value -c action,changed,address
delete	true	{chosen}
profile … (OpenStack), …
$ ipctl privateip show {chosen} --subnet {subnet}
ipctl: no private IP '{chosen}' in profile env:openstack
(exit 3)
$ ipctl ip allocate --pool nowhere
profile … (OpenStack), …
ipctl: no external network 'nowhere'
(exit 3)
`;
