module git.example.net/martech/tagsdeploy

go 1.23

require github.com/golang-jwt/jwt/v4 v4.5.1
