package main

// An environment is where Adobe runs something.
type environment struct {
	name      string
	ims       string // host
	gateway   string // host
	clientID  string
	keyFile   string
	secretVar string
}

var (
	production = environment{
		name:      "production",
		ims:       "ims-na1.adobelogin.com",
		gateway:   "mc.adobe.io",
		clientID:  "smoke-prod",
		keyFile:   "certs/prod.key",
		secretVar: "SMOKE_PROD_SECRET",
	}
	staging = environment{
		name:      "stage",
		ims:       "ims-na1-stg1.adobelogin.com", // needs the VPN
		gateway:   "mc-stage.adobe.io",
		clientID:  "smoke-stage",
		keyFile:   "certs/stage.key",
		secretVar: "SMOKE_STAGE_SECRET",
	}
)
