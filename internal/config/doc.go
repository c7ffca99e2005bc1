// Package config reads .jwtretire.yaml, the file in which a team writes down the decisions that
// only people can take. It is looked for in the working directory and upwards from there.
//
// Every key is optional. A key that is not listed here is an error that names file, line and key.
//
//	# OAuth scopes to ask for, by metascope (Adobe) or by provider id. A list, or one string with commas.
//	scopes:
//	  ent_audiencemanagerplatform_sdk: [openid, AdobeID, audiencemanager_api]
//	  adobe: openid, AdobeID, read_organizations
//
//	# Providers whose JWT flow still works are migrated only if they are named here. A list of
//	# names will do; a map says more.
//	providers:
//	  # One that the catalogue has (jwtretire providers prints them):
//	  box:
//	    # Where the program gets its client secret from, if the old flow did not send one:
//	    # an environment variable, or a Go expression that is valid where the token is fetched.
//	    client_secret: {env: BOX_CLIENT_SECRET}
//	    # Likewise the client id, if it is another one than before.
//	    client_id: {expr: cfg.ClientID}
//	    # Likewise the token URL, if the new grant is served at another one; a constant will do, too.
//	    token_url: {env: BOX_TOKEN_URL}
//	  # Zoom's new credential has nothing of the old one; further parameters are said in the same way.
//	  zoom:
//	    client_id: {env: ZOOM_CLIENT_ID}
//	    client_secret: {env: ZOOM_CLIENT_SECRET}
//	    params: {account_id: {env: ZOOM_ACCOUNT_ID}}
//	  # One that the catalogue has, on hosts of your own:
//	  keycloak:
//	    hosts: [sso.example.com]
//	  # One whose token URL is in no source: its flows by the ids that the JSON report gives them.
//	  auth0:
//	    findings: [3f9c2a7be1d04856]
//	  # One that the catalogue lacks. Needs hosts or paths, by which its requests are recognised, or findings.
//	  acme:
//	    name: Acme Cloud
//	    hosts: [login.acme.example, "*.acme.example"]
//	    paths: [/oauth/token, "/t/*/token"]   # * is one element of the path
//	    verdict: retire                       # retire (the default), optional, keep
//	    token_url: https://login.acme.example/oauth/v2/token   # default: the URL that the program uses
//	    auth_style: header                    # params (the default) or header
//	    scope_separator: ","                  # " " (the default): one element a scope; "": no scopes
//	    params: {audience: https://api.acme.example}           # a constant, or where it comes from, as above
//	    client_secret: {env: ACME_CLIENT_SECRET}
//
//	# Findings that are to stay, by the id that the JSON report gives. A reason is required. From the
//	# day after "until" the finding is reported again.
//	ignore:
//	  - id: 3f9c2a7be1d04856
//	    reason: frozen until the Target project is switched off
//	    until: 2027-03-31
//
//	# What functions do that the tool does not know, of this tree or of others: "pure" (no side effect), "logs" (no more
//	# than a line of output), "exits" (ends the program). Nobody checks it, so a rewrite that relies on it is for review.
//	functions:
//	  example.com/telemetry.Count: pure
//	  (example.com/audit.Log).Event: logs
//	  example.com/app.Die: exits
//
// The file may come with a change that nobody has looked at. An expression names a value, calls a function or joins texts; constants are
// printable; a token URL is https, or on the same machine.
//
// The file never holds a secret, only the name of the place where one is.
package config
