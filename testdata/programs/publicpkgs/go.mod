module github.com/harbourline/platformkit

go 1.22.0

require github.com/golang-jwt/jwt/v5 v5.2.2
