module example.com/shop/feed

go 1.24.0

require (
	github.com/golang-jwt/jwt/v5 v5.2.1
	golang.org/x/oauth2 v0.30.0
)
