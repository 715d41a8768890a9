# The README's test command.
test:
    cargo test

# What a change must pass.
ci:
    bash .ci/run

# The import and the flags against their bars, with the real program on each database.
bench:
    cargo bench --bench import

# The import killed at random moments and run again, on each database.
bench-kill:
    cargo bench --bench kill

# The dashboards against their bar, over HTTP on each database.
bench-dashboard:
    cargo bench --bench dashboard

# The service and a records system, telling each other of 50,000 events through faults and kills.
bench-soak:
    cargo bench --bench soak
