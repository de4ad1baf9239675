# Turns deploy/prometheus/bouncewatch.rules.yml into a variant that works in seconds: see its head.
s/\[5m\]/[10s]/g
s/offset 5m/offset 10s/g
s/\[30m\]/[20s]/g
s/offset 30m/offset 20s/g
s/\[1d\] offset 1h/[20s] offset 15s/g
/interval: 15s/d
# Only the spikes: the other alerts would page for a test that is still starting.
/name: bouncewatch.self/,$!s/\b(for|keep_firing_for): [0-9]+m$/\1: 0s/
