module example.com/report

go 1.23.0

require github.com/golang-jwt/jwt/v5 v5.2.1
