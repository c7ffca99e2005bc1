package provider

import (
	"slices"
	"strings"
	"testing"
)

func TestScopesFor(t *testing.T) {
	for name, tt := range map[string]struct {
		metascopes []string
		want       string // joined with commas; "" where a decision is needed
	}{
		"analytics":          {[]string{"ent_analytics_bulk_ingest_sdk"}, "openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.job_function"},
		"target":             {[]string{"ent_marketing_sdk"}, "openid,AdobeID,target_sdk,read_organizations,additional_info.projectedProductContext,additional_info.roles"},
		"platform":           {[]string{"ent_dataservices_sdk"}, "openid,AdobeID,session,read_organizations,additional_info.projectedProductContext"},
		"campaign":           {[]string{"ent_campaign_sdk"}, "openid,AdobeID,campaign_sdk,additional_info.projectedProductContext,campaign_config_server_general,deliverability_service_general"},
		"tags":               {[]string{"ent_reactor_sdk"}, "openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.job_function,additional_info.roles"},
		"tags, older name":   {[]string{"ent_reactor_admin_sdk"}, "openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.job_function,additional_info.roles"},
		"events":             {[]string{"event_receiver_api"}, "event_receiver,event_receiver_api"},
		"i/o management":     {[]string{"ent_adobeio_sdk"}, "openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets"},
		"asset compute":      {[]string{"asset_compute_meta"}, "openid,AdobeID,asset_compute,read_organizations"},
		"user management":    {[]string{"ent_user_sdk"}, "openid,AdobeID,user_management_sdk"},
		"cloud manager":      {[]string{"ent_cloudmgr_sdk"}, "openid,AdobeID,read_organizations,additional_info.projectedProductContext,read_pc.dma_aem_ams"},
		"pdf services":       {[]string{"ent_documentcloud_sdk"}, "openid,AdobeID,DCAPI"},
		"photoshop":          {[]string{"ent_ccas_sdk"}, "openid,AdobeID,read_organizations"},
		"given as a claim":   {[]string{"https://ims-na1.adobelogin.com/s/ent_user_sdk"}, "openid,AdobeID,user_management_sdk"},
		"two":                {[]string{"ent_user_sdk", "ent_documentcloud_sdk"}, "openid,AdobeID,user_management_sdk,DCAPI"},
		"two, other order":   {[]string{"ent_documentcloud_sdk", "ent_user_sdk"}, "openid,AdobeID,user_management_sdk,DCAPI"},
		"audience manager":   {[]string{"ent_audiencemanagerplatform_sdk"}, ""},
		"journey analytics":  {[]string{"ent_cja_sdk", "ent_dataservices_sdk"}, ""},
		"stock":              {[]string{"ent_stocksearch_sdk"}, ""},
		"aem":                {[]string{"ent_aem_cloud_api"}, ""},
		"nobody's":           {[]string{"ent_new_sdk"}, ""},
		"known and nobody's": {[]string{"ent_user_sdk", "ent_new_sdk"}, ""},
		"none":               {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := ScopesFor(tt.metascopes)
			if got := strings.Join(s.List, ","); got != tt.want || s.Known != (tt.want != "") {
				t.Fatalf("%q, known %v; want %q (%s)", got, s.Known, tt.want, s.Note)
			}
		})
	}
}

func TestScopesNoteSendsToTheConsole(t *testing.T) {
	for _, row := range metascopeRows {
		if s := ScopesFor(row.Metascopes[:1]); !strings.Contains(s.Note, "Developer Console") {
			t.Errorf("%s: %q", row.API, s.Note)
		}
	}
}

func TestScopesTellWhatIsKnown(t *testing.T) {
	s := ScopesFor([]string{"ent_cja_sdk", "ent_dataservices_sdk"})
	for _, want := range []string{"two public lists differ", "openid,AdobeID,session,read_organizations", "openid,AdobeID,additional_info.projectedProductContext ("} {
		if !strings.Contains(s.Note, want) {
			t.Errorf("the note does not say %q: %s", want, s.Note)
		}
	}
}

func TestAEMIsReportOnly(t *testing.T) {
	if s := ScopesFor([]string{"ent_aem_cloud_api", "ent_user_sdk"}); !s.ReportOnly || s.List != nil {
		t.Fatalf("%+v", s)
	}
}

func TestScopesHaveNoBlanksOrDuplicates(t *testing.T) {
	for _, row := range metascopeRows {
		for i, s := range row.Scopes {
			if strings.ContainsAny(s, " ,") || slices.Contains(row.Scopes[:i], s) {
				t.Errorf("%s: scope %q", row.API, s)
			}
		}
	}
}
