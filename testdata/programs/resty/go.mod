module example.com/acme/resty

go 1.24.0

require (
	github.com/go-resty/resty/v2 v2.17.2
	github.com/golang-jwt/jwt/v5 v5.3.0
)

require golang.org/x/net v0.43.0 // indirect
