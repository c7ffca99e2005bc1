// Package config reads .jwtretire.yaml, the file with the decisions of a team that the tool cannot make.
// It is in the working directory or in a directory above it.
//
// Every key is optional. An unknown key is an error with file, line and key.
//
//	# OAuth scopes to request, by metascope (Adobe) or by provider id. A list, or one string with commas.
//	scopes:
//	  ent_audiencemanagerplatform_sdk: [openid, AdobeID, audiencemanager_api]
//	  adobe: openid, AdobeID, read_organizations
//
//	# Providers whose JWT flow still works are migrated only if they are named here: a list of
//	# ids, or a map from ids to details.
//	providers:
//	  # A provider of the catalogue (jwtretire providers prints them):
//	  box:
//	    # The source of the client secret, if the old flow sent none:
//	    # an environment variable, or a Go expression that is valid at the token request.
//	    client_secret: {env: BOX_CLIENT_SECRET}
//	    # The source of the client id, if it changes.
//	    client_id: {expr: cfg.ClientID}
//	    # The token URL, if it changes; a source or a constant.
//	    token_url: {env: BOX_TOKEN_URL}
//	  # Zoom's new credential shares nothing with the old one. Its additional parameter has a source, too.
//	  zoom:
//	    client_id: {env: ZOOM_CLIENT_ID}
//	    client_secret: {env: ZOOM_CLIENT_SECRET}
//	    params: {account_id: {env: ZOOM_ACCOUNT_ID}}
//	  # A provider of the catalogue on your own hosts:
//	  keycloak:
//	    hosts: [sso.example.com]
//	  # A provider whose token URL is not in the source: its flows, by their ids in the JSON report.
//	  auth0:
//	    findings: [3f9c2a7be1d04856]
//	  # A provider outside of the catalogue. It needs hosts or paths, which identify its requests, or findings.
//	  acme:
//	    name: Acme Cloud
//	    hosts: [login.acme.example, "*.acme.example"]
//	    paths: [/oauth/token, "/t/*/token"]   # * is one element of the path
//	    verdict: retire                       # retire (the default), optional, keep
//	    token_url: https://login.acme.example/oauth/v2/token   # default: the URL that the program uses
//	    auth_style: header                    # params (the default) or header
//	    scope_separator: ","                  # " " (the default): one element per scope; "": no scopes
//	    params: {audience: https://api.acme.example}           # a constant, or a source as above
//	    client_secret: {env: ACME_CLIENT_SECRET}
//
//	# Suppressed findings, by their ids in the JSON report. A reason is required. From the
//	# day after "until" the finding is reported again.
//	ignore:
//	  - id: 3f9c2a7be1d04856
//	    reason: frozen until the Target project is switched off
//	    until: 2027-03-31
//
//	# Effects of functions that the tool does not know, in this tree or in dependencies: "pure" (no side effect), "logs"
//	# (at most a line of output), "exits" (ends the program). They are not checked, so a rewrite that relies on one is for review.
//	functions:
//	  example.com/telemetry.Count: pure
//	  (example.com/audit.Log).Event: logs
//	  example.com/app.Die: exits
//
// The file may come with a change that was not reviewed. So an expression can only name a value, call a function or concatenate texts; constants
// are printable; a token URL is https, or on the same machine.
//
// The file never contains a secret, only the name of its source.
package config
