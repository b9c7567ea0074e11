# How much memory a pod may lock, and whether it was given IPC_LOCK: ends with 0 when RDMA has what it needs.
limit=$(ulimit -l)
granted=$(( (0x$(awk '/^CapEff/ {print $2}' /proc/self/status) >> 14) & 1 ))
echo "locked memory: ulimit -l $limit, IPC_LOCK $granted"
[ "$granted" = 1 ] || [ "$limit" = unlimited ] || [ "$limit" -ge 16777216 ]
