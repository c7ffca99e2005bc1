module example.com/acme/report-pull

go 1.23.0

require golang.org/x/oauth2 v0.30.0
