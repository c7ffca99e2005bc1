module example.com/cms/bridge

go 1.23

require github.com/golang-jwt/jwt/v5 v5.2.2
