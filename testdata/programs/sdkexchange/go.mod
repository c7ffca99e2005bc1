module example.com/seo/indexer

go 1.22

require github.com/adobe/ims-go v0.19.1

require github.com/golang-jwt/jwt/v5 v5.3.1 // indirect

replace github.com/adobe/ims-go => ../../standin/ims-go
