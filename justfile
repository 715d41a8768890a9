# The README's test command.
test:
    cargo test

# What a change must pass.
ci:
    bash .ci/run
