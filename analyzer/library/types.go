package library

// typeRows are the structures whose fields mean something.
var typeRows = []Type{
	{Pkg: golangJWT, Name: "Token", Role: Claims, Fields: []Field{{"Claims", IsClaims, ""}, {"Method", IsAlgorithm, ""}, {"Header", IsHeader, ""}}},
	{Pkg: golangJWT, Name: "RegisteredClaims", Min: 4, Role: Claims, Fields: registered},
	{Pkg: golangJWT, Name: "StandardClaims", Max: 4, Role: Claims, Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audience", IsClaim, "aud"}, {"ExpiresAt", IsClaim, "exp"},
		{"NotBefore", IsClaim, "nbf"}, {"IssuedAt", IsClaim, "iat"}, {"Id", IsClaim, "jti"}, {"ID", IsClaim, "jti"}}},
	{Pkg: tpmJWT, Name: "TPMConfig", Role: Signer, Fields: []Field{{"TPMDevice", IsKey, ""}, {"NamedHandle", IsKey, ""}, {"Handle", IsKey, ""}, {"KeyID", IsKeyID, ""}}},

	{Pkg: jose, Name: "SigningKey", Min: 2, Role: Signer, Fields: []Field{{"Algorithm", IsAlgorithm, ""}, {"Key", IsKey, ""}}},
	{Pkg: jose, Name: "JSONWebKey", Min: 2, Role: Signer, Fields: []Field{{"Key", IsKey, ""}, {"KeyID", IsKeyID, ""}, {"Algorithm", IsAlgorithm, ""}}},
	{Pkg: jose, Name: "SignerOptions", Min: 2, Role: Signer, Fields: []Field{{"ExtraHeaders", IsHeader, ""}}},
	{Pkg: joseJWT, Name: "Claims", Min: 2, Role: Claims, Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audience", IsClaim, "aud"}, {"Expiry", IsClaim, "exp"},
		{"NotBefore", IsClaim, "nbf"}, {"IssuedAt", IsClaim, "iat"}, {"ID", IsClaim, "jti"}}},
	{Pkg: cristal, Name: "RegisteredClaims", Min: 4, Role: Claims, Fields: registered},
	{Pkg: cristal, Name: "StandardClaims", Max: 3, Role: Claims, Fields: registered},
	{Pkg: gbrlsnchs, Name: "Payload", Min: 3, Role: Claims, Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audience", IsClaim, "aud"}, {"ExpirationTime", IsClaim, "exp"},
		{"NotBefore", IsClaim, "nbf"}, {"IssuedAt", IsClaim, "iat"}, {"JWTID", IsClaim, "jti"}}},
	{Pkg: pascal, Name: "Registered", Role: Claims, Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audiences", IsClaim, "aud"}, {"Expires", IsClaim, "exp"},
		{"NotBefore", IsClaim, "nbf"}, {"Issued", IsClaim, "iat"}, {"ID", IsClaim, "jti"}}},
	{Pkg: pascal, Name: "Claims", Role: Claims, Fields: []Field{{"Set", IsClaims, ""}, {"Registered", IsClaims, ""}, {"KeyID", IsKeyID, ""}}},
	{Pkg: kataras, Name: "Claims", Role: Claims, Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audience", IsClaim, "aud"}, {"Expiry", IsClaim, "exp"},
		{"NotBefore", IsClaim, "nbf"}, {"IssuedAt", IsClaim, "iat"}, {"ID", IsClaim, "jti"}}},

	{Pkg: oauthJWT, Name: "Config", Role: Exchange, Grant: "jwt-bearer", Fields: []Field{
		{"Email", IsClaim, "iss"}, {"PrivateKey", IsKey, ""}, {"PrivateKeyID", IsKeyID, ""}, {"Subject", IsClaim, "sub"}, {"Scopes", IsScopes, "scope"},
		{"TokenURL", IsURL, ""}, {"Expires", IsClaim, "exp"}, {"Audience", IsClaim, "aud"}, {"PrivateClaims", IsClaims, ""}, {"UseIDToken", IsParameter, ""}}},
	{Pkg: oauthJWS, Name: "ClaimSet", Role: Claims, Fields: []Field{
		{"Iss", IsClaim, "iss"}, {"Scope", IsClaim, "scope"}, {"Aud", IsClaim, "aud"}, {"Exp", IsClaim, "exp"}, {"Iat", IsClaim, "iat"},
		{"Sub", IsClaim, "sub"}, {"Prn", IsClaim, "prn"}, {"PrivateClaims", IsClaims, ""}}},
	{Pkg: oauthJWS, Name: "Header", Role: Signer, Fields: []Field{{"Algorithm", IsAlgorithm, ""}, {"KeyID", IsKeyID, ""}}},
	{Pkg: jfcoteJWT, Name: "Config", Role: Exchange, Grant: "jwt-bearer", Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Signer", IsKey, ""}, {"Subject", IsClaim, "sub"}, {"Scopes", IsScopes, "scope"}, {"TokenURL", IsURL, ""}, {"Audience", IsClaim, "aud"}}},
	{Pkg: jfcoteJWS, Name: "ClaimSet", Role: Claims, Fields: []Field{
		{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audience", IsClaim, "aud"}, {"PrivateClaims", IsClaims, ""}}},
	{Pkg: oauth, Name: "Config", Role: Request, Fields: []Field{
		{"ClientID", IsParameter, "client_id"}, {"ClientSecret", IsParameter, "client_secret"}, {"Endpoint", IsURL, ""}, {"Scopes", IsScopes, "scope"}}},
	{Pkg: oauth, Name: "Endpoint", Role: Request, Fields: []Field{{"TokenURL", IsURL, ""}}},
	{Pkg: oauthCC, Name: "Config", Role: Request, Fields: []Field{
		{"ClientID", IsParameter, "client_id"}, {"ClientSecret", IsParameter, "client_secret"}, {"TokenURL", IsURL, ""},
		{"Scopes", IsScopes, "scope"}, {"EndpointParams", IsForm, ""}}},

	{Pkg: adobeIMS, Name: "ExchangeJWTRequest", Role: Exchange, SDK: "adobe-ims", Grant: "adobe-exchange", Fields: []Field{
		{"PrivateKey", IsKey, ""}, {"Expiration", IsClaim, "exp"}, {"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"},
		{"ClientID", IsParameter, "client_id"}, {"ClientSecret", IsParameter, "client_secret"}, {"MetaScope", IsScopes, ""},
		{"Claims", IsClaims, ""}, {"Resources", IsParameter, "resource"}},
		Constants: map[string]string{"MetaScopeCloudManager": "ent_cloudmgr_sdk", "MetaScopeAdobeIO": "ent_adobeio_sdk",
			"MetaScopeAnalyticsBulkIngest": "ent_analytics_bulk_ingest_sdk"},
		Answer: map[string]string{"AccessToken": "access_token", "ExpiresIn": "expires_in"}, Durations: true},
	{Pkg: adobeIMS, Name: "ClientConfig", Role: Request, Fields: []Field{{"URL", IsURL, ""}, {"Client", IsClient, ""}}},
	{Pkg: "github.com/jfcote87/esign", Name: "JWTConfig", Role: Exchange, SDK: "docusign", Grant: "jwt-bearer", Fields: []Field{
		{"IntegratorKey", IsClaim, "iss"}, {"PrivateKey", IsKey, ""}, {"KeyPairID", IsKeyID, ""}}},
	{Pkg: "github.com/k-capehart/go-salesforce", Name: "Creds", Role: Exchange, SDK: "salesforce", Grant: "jwt-bearer", Fields: []Field{
		{"ConsumerRSAPem", IsKey, ""}, {"ConsumerKey", IsClaim, "iss"}, {"Username", IsClaim, "sub"}, {"Domain", IsURL, ""}, {"ConsumerSecret", IsParameter, "client_secret"}}},
	{Pkg: "net/http", Name: "Request", Role: Request, Fields: []Field{{"Method", IsMethod, ""}, {"URL", IsURL, ""}, {"Header", IsHeader, ""}, {"Body", IsBody, ""}, {"Form", IsForm, ""}, {"PostForm", IsForm, ""}}},
}

var registered = []Field{
	{"Issuer", IsClaim, "iss"}, {"Subject", IsClaim, "sub"}, {"Audience", IsClaim, "aud"}, {"ExpiresAt", IsClaim, "exp"},
	{"NotBefore", IsClaim, "nbf"}, {"IssuedAt", IsClaim, "iat"}, {"ID", IsClaim, "jti"}}
