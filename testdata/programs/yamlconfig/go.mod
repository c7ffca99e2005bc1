module example.com/retail/offers

go 1.21

require (
	github.com/golang-jwt/jwt/v5 v5.2.1
	gopkg.in/yaml.v3 v3.0.1
)
