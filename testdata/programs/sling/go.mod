module example.com/acme/sling

go 1.24.0

require (
	github.com/dghubble/sling v1.4.2
	github.com/golang-jwt/jwt/v5 v5.3.0
)

require github.com/google/go-querystring v1.1.0 // indirect
