module {name}

go 1.27

require tollgate.dev/sdk v0.1.0

replace tollgate.dev/sdk => ./vendor/tollgate/sdk/go
