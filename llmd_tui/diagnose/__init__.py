"""What is wrong, why, and what would mend it: known failures recognised in what the cluster shows."""
