module example.com/archive/report

go 1.24.0

require github.com/golang-jwt/jwt/v5 v5.2.1
