module example.com/sheets/export

go 1.24.0

require golang.org/x/oauth2 v0.30.0

require cloud.google.com/go/compute/metadata v0.3.0 // indirect
