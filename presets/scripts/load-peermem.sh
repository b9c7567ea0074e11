# Loads nvidia_peermem on the node, and ends when an OFED reload takes it away: the kubelet starts it again.
set -eu
chroot /host modprobe nvidia_peermem
touch /tmp/loaded
trap 'exit 0' TERM
echo "nvidia_peermem is loaded, sleeping"
while grep -q '^nvidia_peermem ' /proc/modules; do sleep 10 & wait $!; done
echo "nvidia_peermem was removed, loading it again"
exit 1
