module example.com/qa/smoketest

go 1.23

require github.com/golang-jwt/jwt/v5 v5.2.1
