package provider

// A metascopeRow has the OAuth scopes that replace a metascope. There is no authoritative list: Adobe shows the
// scopes of each credential in the Console.
type metascopeRow struct {
	Metascopes []string // names after /s/ in the claims, old and new ones of the same API
	API        string
	Scopes     []string // nil if no public source has them
	Agreed     bool     // public sources agree, so no decision is needed
	ReportOnly bool
	Source     string
	Others     []Alternative
	Note       string
}

// metascopeRows is in the order in which the scopes of several rows are joined.
var metascopeRows = []metascopeRow{
	{
		Metascopes: []string{"ent_analytics_bulk_ingest_sdk"}, API: "Analytics", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "additional_info.job_function"},
		Source: "Adobe's sample for the 2.0 API",
		Others: []Alternative{
			{"Analytics", []string{"openid", "AdobeID", "session", "read_organizations", "additional_info.projectedProductContext"}, "the credential page of Adobe's 2.0 API documentation"},
		},
	},
	{
		Metascopes: []string{"ent_marketing_sdk"}, API: "Target", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "target_sdk", "read_organizations", "additional_info.projectedProductContext", "additional_info.roles"},
		Source: "public programs that follow Adobe's; Adobe's own page gives no list",
		Note:   "Some programs leave out additional_info.roles.",
	},
	{
		Metascopes: []string{"ent_dataservices_sdk"}, API: "Experience Platform", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "session", "read_organizations", "additional_info.projectedProductContext"},
		Source: "Adobe's Postman environment",
	},
	{
		Metascopes: []string{"ent_campaign_sdk"}, API: "Campaign", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "campaign_sdk", "additional_info.projectedProductContext", "campaign_config_server_general", "deliverability_service_general"},
		Source: "public programs",
		Note:   "One program adds read_organizations; no page of Adobe gives the list.",
	},
	{
		Metascopes: []string{"ent_reactor_sdk", "ent_reactor_admin_sdk", "ent_reactor_extension_developer_sdk"}, API: "Tags (Launch)", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "additional_info.job_function", "additional_info.roles"},
		Source: "Adobe's reactor-uploader",
	},
	{
		Metascopes: []string{"event_receiver_api"}, API: "I/O Events", Agreed: true,
		Scopes: []string{"event_receiver", "event_receiver_api"},
		Source: "Adobe's Asset Compute page",
	},
	{
		Metascopes: []string{"ent_adobeio_sdk"}, API: "I/O Management", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "additional_info.roles", "adobeio_api", "read_client_secret", "manage_client_secrets"},
		Source: "Adobe's implementation guide",
		Note:   "read_client_secret and manage_client_secrets are needed only by programs that manage secrets.",
	},
	{
		Metascopes: []string{"asset_compute_meta"}, API: "Asset Compute", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "asset_compute", "read_organizations"},
		Source: "Adobe's Asset Compute page",
		Note:   "Asset Compute credentials usually have the scopes of I/O Events and I/O Management too.",
	},
	{
		Metascopes: []string{"ent_user_sdk"}, API: "User Management", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "user_management_sdk"},
		Source: "Adobe's umapi-client",
	},
	{
		Metascopes: []string{"ent_cloudmgr_sdk"}, API: "Cloud Manager", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "read_pc.dma_aem_ams"},
		Source: "Adobe's Cloud Manager plugin",
	},
	{
		Metascopes: []string{"ent_documentcloud_sdk"}, API: "PDF Services", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "DCAPI"},
		Source: "public programs",
		Note:   "PDF Services has a token endpoint of its own too: https://pdf-services.adobe.io/token takes client id and secret alone.",
	},
	{
		Metascopes: []string{"ent_default_sdk", "ent_ccas_sdk"}, API: "Photoshop, Lightroom, Dimension", Agreed: true,
		Scopes: []string{"openid", "AdobeID", "read_organizations"},
		Source: "Adobe's Photoshop API page",
	},
	{
		Metascopes: []string{"ent_cja_sdk"}, API: "Customer Journey Analytics",
		Scopes: []string{"openid", "AdobeID", "session", "read_organizations", "additional_info.projectedProductContext"},
		Source: "Adobe's CJA credential page",
		Others: []Alternative{
			{"Customer Journey Analytics", []string{"openid", "AdobeID", "additional_info.projectedProductContext"}, "a public program's change log"},
		},
		Note: "For Customer Journey Analytics two public lists differ.",
	},
	{
		Metascopes: []string{"ent_audiencemanagerplatform_sdk"}, API: "Audience Manager",
		Note: "For Audience Manager no public source gives the scopes; Adobe's page sends to the Console.",
	},
	{
		Metascopes: []string{"ent_aem_cloud_api", "ent_aem_cloud_sdk"}, API: "AEM as a Cloud Service", ReportOnly: true,
		Note: "AEM Developer Console service credentials may not be withdrawn: Adobe's pages disagree, so nothing is rewritten.",
	},
	{Metascopes: []string{"ent_stocksearch_sdk"}, API: "Stock", Note: "For Stock no public source gives the scopes."},
	{Metascopes: []string{"ent_gdpr_sdk"}, API: "Privacy Service", Note: "For the Privacy Service no public source gives the scopes."},
	{Metascopes: []string{"ent_smartcontent_sdk"}, API: "Smart Content", Note: "For Smart Content no public source gives the scopes."},
	{Metascopes: []string{"ent_sensei_image_sdk"}, API: "Sensei", Note: "For Sensei no public source gives the scopes."},
	{Metascopes: []string{"ent_brand_portal_sdk"}, API: "Brand Portal", Note: "For Brand Portal no public source gives the scopes."},
	{Metascopes: []string{"ent_places_sdk"}, API: "Places", Note: "For Places no public source gives the scopes."},
}
