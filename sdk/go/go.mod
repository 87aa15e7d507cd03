module tollgate.dev/sdk

go 1.27
