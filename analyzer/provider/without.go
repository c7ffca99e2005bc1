package provider

// without are vendors without a flow that uses a private key. With a row, a flow to one of them has a name: such an assertion
// is the program's own invention, and the vendor takes a client secret.
var without = []Provider{
	{
		ID: "ebay", Name: "eBay", Verdict: Keep, Endpoints: []Endpoint{{Host: "api.ebay.com"}, {Host: "api.sandbox.ebay.com"}},
		Advice: "eBay has no JWT flow; its client-credentials tokens have a token_type that x/oauth2 sends as the scheme as it is.", Sources: []string{"https://github.com/postmanlabs/postman-app-support/issues/5434"},
	},
	{
		ID: "paypal", Name: "PayPal", Verdict: Keep, Endpoints: []Endpoint{{Host: "api-m.paypal.com"}, {Host: "api-m.sandbox.paypal.com"}, {Host: "*.paypal.com"}},
		Advice: "PayPal has no JWT flow.", Sources: []string{"https://github.com/amp-labs/connectors"},
	},
	{
		ID: "xero", Name: "Xero", Verdict: Keep, Endpoints: []Endpoint{{Host: "identity.xero.com"}},
		Advice: "Xero has no JWT flow; client credentials come with Custom Connections.", Sources: []string{"https://developer.xero.com/faq/custom-integration"},
	},
	{
		ID: "marketo", Name: "Adobe Marketo Engage", Verdict: Keep, Endpoints: []Endpoint{{Host: "*.mktorest.com"}},
		Advice: "Marketo is Adobe's and yet has nothing to do with IMS: it takes client credentials already.", Sources: []string{"https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/authentication"},
	},
	{
		ID: "linkedin", Name: "LinkedIn", Verdict: Keep, Endpoints: []Endpoint{{Host: "www.linkedin.com", Path: "/oauth/v2/accessToken"}},
		Advice: "LinkedIn has no JWT flow.", Sources: []string{"https://github.com/amp-labs/connectors"},
	},
	{
		ID: "hubspot", Name: "HubSpot", Verdict: Keep, Endpoints: []Endpoint{{Host: "api.hubapi.com"}},
		Advice: "HubSpot has no JWT flow.", Sources: []string{"https://github.com/amp-labs/connectors"},
	},
}
