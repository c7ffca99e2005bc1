module example.com/reasons

go 1.24.0

require github.com/golang-jwt/jwt/v5 v5.3.0
