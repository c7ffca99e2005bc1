package provider

// retired are the vendors that withdrew their JWT flow.
var retired = []Provider{
	{
		ID: "adobe-ims", Name: "Adobe IMS", Verdict: Retire,
		Kinds: []string{"adobe-exchange"},
		Endpoints: []Endpoint{
			{Host: "*.adobelogin.com"},
			{Host: "adobeid-*.services.adobe.com"},
			{Path: "**/ims/exchange/jwt"},
			{Path: "**/ims/exchange/v1/jwt"},
		},
		// jwt_token alone is also a cookie, a JSON key and an attribute of other providers.
		FieldSets: [][]string{{"jwt_token", "client_secret"}},
		Claims:    []string{"https://ims-*/s/*", "*/s/ent_*", "*.adobelogin.com/s/*", "*/s/event_receiver_api", "*/s/asset_compute_meta"},
		Values:    []string{"https://ims-*.adobelogin.com/c/*", "*@AdobeOrg", "*@techacct.adobe.com", "*/s/ent_*"},
		Imports:   []string{"github.com/adobe/ims-go/..."},
		Words:     []string{"adobe", "adobelogin", "adobeims", "umapi"},
		Target: Target{
			Supported: true, TokenURL: "https://{host}/ims/token/v3",
			Paths:     []PathChange{{"/ims/exchange/jwt", "/ims/token/v3"}, {"/ims/exchange/v1/jwt", "/ims/token/v3"}},
			AuthStyle: "AuthStyleInParams", ScopeForm: ScopeComma, ScopeNote: "one comma-separated list, as Adobe wants it",
			SecretSent: true, OldMillis: true, OldClosed: true,
			Params: []Param{{Name: "resource", Field: "resource"}},
		},
		Notice: "this credential stopped working on 1 March 2026; move to OAuth Server-to-Server",
		Advice: "Adobe withdrew Service Account (JWT) credentials: end of life was 30 June 2025, what was left stopped on 1 March 2026. OAuth Server-to-Server takes their place.",
		Warnings: []string{
			"The exchange answers expires_in in milliseconds, the token endpoint in seconds.",
			"Scopes cannot be derived from metascopes; the Developer Console shows the credential's own list, and a list that is too wide fails as invalid_scope.",
			"Whether the migrated credential keeps the client secret is not documented: compare it in the Console.",
			"Adobe may throttle clients that fetch many tokens: keep one TokenSource.",
		},
		Steps: []string{
			`Developer Console, Projects, filter "Has Service Account (JWT) credential"; skip projects marked auto-generated, Adobe migrates those.`,
			"Add the OAuth Server-to-Server credential to the project. Client id, technical account, connected APIs and product profiles stay the same.",
			"Compare scopes and client secret with what the program sends, then deploy: both credentials work side by side. Until the migration is finished no API can be added and no secret rotated.",
			"Before deleting the JWT credential check that the new one was used more recently than the old one, and that 24 hours have passed since the last old token.",
			`Delete the JWT credential (this cannot be undone). "Cancel" deletes the OAuth credential instead and breaks callers that have moved.`,
		},
		Sources: []string{
			"https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/migration/",
			"https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/faqs/",
			"https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/ims/",
			"https://github.com/adobe/ims-go",
			"https://github.com/adobe/aio-lib-ims",
		},
	},
	{
		ID: "zoom", Name: "Zoom", Verdict: Retire,
		Kinds:     []string{"direct-bearer"},
		Endpoints: []Endpoint{{Host: "api.zoom.us"}, {Host: "zoom.us"}, {Host: "*.zoom.us"}},
		Imports:   []string{"github.com/himalayan-institute/zoom-lib-golang/..."},
		Words:     []string{"zoom", "zoomus"},
		APIs: []API{
			{
				Name: "the API of an account", Verdict: Retire,
				Paths: []string{"users", "meetings", "past_meetings", "live_meetings", "webinars", "past_webinars", "groups", "roles", "report", "metrics",
					"phone", "rooms", "im", "chat", "contacts", "devices", "h323", "tracking_fields", "tsp", "archive_files"},
				Words:   []string{"meeting", "meetings", "webinar", "webinars", "zoommeeting", "zoommeetings", "zoomuser", "zoomusers", "listusers", "getuser", "users"},
				Sources: []string{"https://developers.zoom.us/changelog/platform/jwt-app-type-deprecation/", "https://developers.zoom.us/docs/api/"},
			},
			{
				Name: "the Build platform (Video SDK, Cobrowse SDK, AI services)", Verdict: Keep,
				Paths:   []string{"videosdk", "cobrowse", "cobrowsesdk", "aiservices"},
				Claims:  []string{"app_key", "tpc", "role_type", "session_key", "user_identity"},
				Words:   []string{"videosdk", "cobrowse", "cobrowsesdk", "aiservices"},
				Advice:  "It takes signed tokens to this day; a Server-to-Server app has no access to it.",
				Sources: []string{"https://developers.zoom.us/docs/build/api-request/", "https://developers.zoom.us/docs/cobrowse-sdk/authorize/", "https://developers.zoom.us/docs/ai-services/auth/"},
			},
		},
		Otherwise: Unknown, // accounts/…/settings is of both
		Target: Target{
			Supported: true, TokenURL: "https://zoom.us/oauth/token", AuthStyle: "AuthStyleInHeader", ScopeForm: ScopeServer,
			Params: []Param{{Name: "grant_type", Value: "account_credentials", Required: true}, {Name: "account_id", Required: true}},
		},
		Notice: "JWT apps stopped working in September 2023; move to a Server-to-Server OAuth app",
		Lost:   []string{"Scopes go from the whole account to those granted to the app, one by one."},
		Advice: "Zoom withdrew JWT apps in September 2023. Server-to-Server OAuth apps take their place.",
		Warnings: []string{
			"Client id and secret are new, and the account id is a further setting.",
			"One client is known to send grant_type and account_id in the URL's query; that the form body is accepted is from recollection.",
			"A token lives one hour and there is no refresh token.",
		},
		Steps: []string{
			"Zoom App Marketplace: create a Server-to-Server OAuth app and grant it the scopes that the calls need.",
			"Give the program the app's account id, client id and client secret in place of the JWT app's key and secret.",
		},
		Sources: []string{
			"https://developers.zoom.us/changelog/platform/jwt-app-type-deprecation/",
			"https://developers.zoom.us/changelog/platform/deadline-change-for-jwt-app-type-deprecation",
			"https://developers.zoom.us/docs/rooms/s2s-oauth/",
			"https://github.com/jrchamp/moodle-mod_zoom/pull/403",
		},
	},
}
