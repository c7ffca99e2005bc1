package library

// OAuth libraries and vendor SDKs: calls that take a key or an assertion and return an access token.
var oauthRows = []Func{
	// golang.org/x/oauth2. jwt.Config is a type row; these are what makes it send.
	{Pkg: oauthJWT, Recv: "Config", Name: "TokenSource", Role: Exchange, Grant: "jwt-bearer", Key: Recv, Context: A0, Result: R0, Effect: Pure},
	{Pkg: oauthJWT, Recv: "Config", Name: "Client", Role: Exchange, Grant: "jwt-bearer", Key: Recv, Context: A0, Result: R0, Effect: Pure},
	{Pkg: oauthJWS, Name: "Encode", Role: Sign, Claims: A1, Key: A2, Result: R0},
	{Pkg: oauthJWS, Name: "EncodeWithSigner", Role: Sign, Claims: A1, Key: A2, Result: R0, Distinct: true},
	{Pkg: oauthJWS, Name: "Verify", Role: Verify},
	{Pkg: google, Name: "JWTConfigFromJSON", Role: Parse, SDK: "google", Grant: "jwt-bearer", Key: A0, Result: R0, Distinct: true},
	{Pkg: google, Name: "JWTAccessTokenSourceFromJSON", Role: Exchange, SDK: "google", Grant: "direct-bearer", Key: A0, Result: R0, Distinct: true},
	{Pkg: google, Name: "JWTAccessTokenSourceWithScope", Role: Exchange, SDK: "google", Grant: "direct-bearer", Key: A0, Result: R0, Distinct: true},
	// The JSON may hold a service account's key, and as well a user's refresh token: no flow by itself.
	{Pkg: google, Name: "CredentialsFromJSON", Role: Lookalike, SDK: "google", Context: A0, Key: A1, Result: R0, Distinct: true},
	{Pkg: google, Name: "CredentialsFromJSONWithParams", Role: Lookalike, SDK: "google", Context: A0, Key: A1, Result: R0, Distinct: true},
	{Pkg: oauth, Name: "SetAuthURLParam", Role: SetField, FieldKey: A0, FieldValue: A1, Result: R0, Flow: []Edge{{A1, R0}}, Distinct: true},
	{Pkg: oauth, Recv: "Config", Name: "Exchange", Role: Send, Context: A0, Req: Recv, Form: Rest2, Result: R0},
	{Pkg: oauth, Recv: "Config", Name: "PasswordCredentialsToken", Role: Send, Context: A0, Req: Recv, Result: R0},
	{Pkg: oauth, Recv: "TokenSource", Name: "Token", Abstract: true, Role: Pass, Flow: []Edge{{Recv, R0}}, Effect: Strong},
	{Pkg: oauth, Name: "NewClient", Role: Pass, Context: A0, Flow: []Edge{{A1, R0}}},
	{Pkg: oauth, Name: "ReuseTokenSource", Role: Pass, Flow: []Edge{{A1, R0}}},
	{Pkg: oauth, Name: "StaticTokenSource", Role: Pass, Flow: []Edge{{A0, R0}}},
	{Pkg: oauth, Name: "ReuseTokenSourceWithExpiry", Role: Pass, Flow: []Edge{{A1, R0}}},
	{Pkg: oauth, Recv: "Token", Name: "SetAuthHeader", Role: Pass, Req: A0, Flow: []Edge{{Recv, A0}}},
	{Pkg: oauth, Recv: "Token", Name: "WithExtra", Role: Pass, Flow: []Edge{{Recv, R0}}},
	{Pkg: oauthCC, Recv: "Config", Name: "Token", Role: Send, HTTPMethod: "POST", Context: A0, Req: Recv, Result: R0},
	{Pkg: oauthCC, Recv: "Config", Name: "TokenSource", Role: Send, HTTPMethod: "POST", Context: A0, Req: Recv, Result: R0, Effect: Pure},
	{Pkg: oauthCC, Recv: "Config", Name: "Client", Role: Send, HTTPMethod: "POST", Context: A0, Req: Recv, Result: R0, Effect: Pure},

	// Adobe's own client. Everything is in the request structure, see its type row.
	{Pkg: adobeIMS, Recv: "Client", Name: "ExchangeJWT", Role: Exchange, SDK: "adobe-ims", Grant: "adobe-exchange", Client: Recv, Body: A0, Key: A0, Result: R0, Distinct: true},
	{Pkg: adobeIMS, Recv: "Client", Name: "ExchangeJWTWithContext", Role: Exchange, SDK: "adobe-ims", Grant: "adobe-exchange", Client: Recv, Context: A0, Body: A1, Key: A1, Result: R0, Distinct: true},
	{Pkg: adobeIMS, Name: "NewClient", Role: Pass, Flow: []Edge{{A0, R0}}},

	{Pkg: "github.com/jfcote87/esign", Recv: "JWTConfig", Name: "Credential", Role: Exchange, SDK: "docusign", Grant: "jwt-bearer", Key: Recv, Result: R0},
	{Pkg: "github.com/k-capehart/go-salesforce", Name: "Init", Role: Exchange, SDK: "salesforce", Grant: "jwt-bearer", Body: A0, Key: A0, Result: R0},
	{Pkg: "github.com/okta/okta-sdk-golang/okta", Name: "WithPrivateKey", Role: Exchange, SDK: "okta", Grant: "client-assertion", Key: A0, Result: R0, Distinct: true},
	{Pkg: "github.com/okta/okta-sdk-golang/okta", Name: "WithPrivateKeySigner", Role: Exchange, SDK: "okta", Grant: "client-assertion", Key: A0, Result: R0, Distinct: true},
	{Pkg: "github.com/Azure/go-autorest/autorest/adal", Name: "NewServicePrincipalTokenFromCertificate", Role: Exchange, SDK: "azure-ad", Grant: "client-assertion", Key: A3, Result: R0, Distinct: true},
	{Pkg: "github.com/Azure/azure-sdk-for-go/sdk/azidentity", Name: "NewClientCertificateCredential", Role: Exchange, SDK: "azure-ad", Grant: "client-assertion", Key: A3, Result: R0, Distinct: true, Effect: Pure},
	{Pkg: "github.com/Azure/azure-sdk-for-go/sdk/azidentity", Name: "ParseCertificates", Role: Parse, Key: A0, Password: A1, Result: R1},
	{Pkg: "github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential", Name: "NewCredFromCert", Role: Exchange, SDK: "azure-ad", Grant: "client-assertion", Key: A1, Result: R0, Distinct: true},
	{Pkg: "github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential", Name: "CertFromPEM", Role: Parse, Key: A0, Password: A1, Result: R1, Distinct: true},
	{Pkg: "github.com/bradleyfalzon/ghinstallation", Name: "New", Role: Exchange, SDK: "github-app", Grant: "direct-bearer", Key: A3, Result: R0},
	{Pkg: "github.com/bradleyfalzon/ghinstallation", Name: "NewKeyFromFile", Role: Exchange, SDK: "github-app", Grant: "direct-bearer", Path: A3, Key: A3, Result: R0, Distinct: true},
	{Pkg: "github.com/bradleyfalzon/ghinstallation", Name: "NewAppsTransport", Role: Exchange, SDK: "github-app", Grant: "direct-bearer", Key: A2, Result: R0, Distinct: true},
	{Pkg: "github.com/bradleyfalzon/ghinstallation", Name: "NewAppsTransportKeyFromFile", Role: Exchange, SDK: "github-app", Grant: "direct-bearer", Path: A2, Key: A2, Result: R0, Distinct: true},

	// zitadel/oidc is a client of any OpenID provider.
	{Pkg: "github.com/zitadel/oidc/pkg/client", Name: "NewSignerFromPrivateKeyByte", Role: Parse, Key: A0, Result: R0, Distinct: true},
	{Pkg: "github.com/zitadel/oidc/pkg/client", Name: "SignedJWTProfileAssertion", Role: Sign, Key: A3, Claims: A0, Result: R0, Distinct: true},
	{Pkg: "github.com/zitadel/oidc/pkg/client", Name: "JWTProfileExchange", Role: Exchange, Grant: "jwt-bearer", Context: A0, Body: A1, Result: R0, Distinct: true},
	{Pkg: "github.com/zitadel/oidc/pkg/client/profile", Name: "NewJWTProfileTokenSource", Role: Exchange, Grant: "jwt-bearer", Context: A0, URL: A1, Key: A4, Result: R0, Distinct: true},
	{Pkg: "github.com/zitadel/oidc/pkg/client/profile", Name: "NewJWTProfileTokenSourceFromKeyFile", Role: Exchange, Grant: "jwt-bearer", Context: A0, URL: A1, Path: A2, Key: A2, Result: R0, Distinct: true},
	{Pkg: "github.com/zitadel/oidc/pkg/client/profile", Name: "NewJWTProfileTokenSourceFromKeyFileData", Role: Exchange, Grant: "jwt-bearer", Context: A0, URL: A1, Key: A2, Result: R0, Distinct: true},
}
