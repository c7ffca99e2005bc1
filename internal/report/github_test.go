package report_test

import (
	"strings"
	"testing"

	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/suppress"
)

func TestGitHub(t *testing.T) {
	lines := strings.Split(render(t, "github", full(), asked{}), "\n")
	if len(lines) != 4 {
		t.Fatalf("lines = %q", lines)
	}
	equal(t, lines[1], "::error file=ims/token.go,line=4,col=16,title=Adobe IMS JWT exchange::"+
		"Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) [jwtretire]"+
		"%0Amain.go:12:3: key-load: file named by flag -key%0Aims/sign.go:30:9: sign: jwt.Token.SignedString%0Aims/token.go:4:16: exchange: http.PostForm"+
		"%0Anote: the Developer Console shows the credential's own scopes [scopes]")
	equal(t, lines[2], "::warning file=c.go,line=9,col=2,title=jwtretire:://jwtretire:ignore gives no reason")
}

func TestGitHubEscapes(t *testing.T) {
	l := &ledger.Ledger{Problems: []suppress.Problem{{File: "/m/a,b:c%.go", Line: 1, Message: "100% sure: yes, no"}}}
	equal(t, render(t, "github", l, asked{}), "::warning file=a%2Cb%3Ac%25.go,line=1,title=jwtretire::100%25 sure: yes, no\n")
}

func TestGitHubLevels(t *testing.T) {
	for _, row := range []struct {
		status ledger.Status
		want   string
	}{{ledger.Fixable, "::error "}, {ledger.Fixed, "::notice "}, {ledger.Failed, "::error "}} {
		r := adobe()
		r.Status = row.status
		if got := render(t, "github", &ledger.Ledger{Records: []*ledger.Record{r}}, asked{mode: ledger.Fix}); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s: %s", row.status, got)
		}
	}
}
