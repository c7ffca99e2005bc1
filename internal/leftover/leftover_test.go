package leftover

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	tests := []struct{ file, text, kind string }{
		{".env", "ADOBE_KEY=abc\n", "env-file"},
		{".env.production", "A=1\nADOBE_KEY=abc\n", "env-file"},
		{"docker-compose.yml", "    - ADOBE_KEY=${ADOBE_KEY}\n", "compose"},
		{".github/workflows/ci.yml", "  ADOBE_KEY: x\n", "ci"},
		{"deploy/chart/values.yaml", "ADOBE_KEY: x\n", "helm"},
		{"Dockerfile", "ENV ADOBE_KEY=x\n", "docker"},
		{"run.sh", "export ADOBE_KEY\n", "script"},
		{"infra/main.tf", "name = \"ADOBE_KEY\"\n", "config"},
		{"keys/private.pem", "not looked into\n", "pem-file"},
		{".envrc", "export ADOBE_KEY=x\n", "env-file"},
		{"Dockerfile.prod", "COPY keys/private.pem /run/secrets/\n", "docker"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, tt.file), tt.text)
			got, _, err := Find(Search{Root: root, Variables: []string{"ADOBE_KEY"}, KeyFiles: []string{"/run/secrets/private.pem"}})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || got[0].Kind != tt.kind {
				t.Errorf("Find = %v, want one %s", got, tt.kind)
			}
		})
	}
}

func TestFindWholeWords(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, ".env"), "MY_ADOBE_KEY=1\nADOBE_KEY_ID=2\n")
	got, _, err := Find(Search{Root: root, Variables: []string{"ADOBE_KEY"}})
	if err != nil || len(got) != 0 {
		t.Errorf("Find = %v, %v; other variables have longer names", got, err)
	}
}

func TestFindPassesOver(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"vendor/x", "node_modules/y", ".git", "testdata"} {
		write(t, filepath.Join(root, dir, ".env"), "ADOBE_KEY=1\n")
	}
	got, _, err := Find(Search{Root: root, Variables: []string{"ADOBE_KEY"}})
	if err != nil || len(got) != 0 {
		t.Errorf("Find = %v, %v; want nothing", got, err)
	}
}

func TestFindSettings(t *testing.T) {
	settings := []string{"orgID", "techAcct", "privKeyPath"}
	for _, row := range []struct {
		file, text string
		want       int
	}{
		{"app.yaml", "adobe:\n  orgID: x\n  privKeyPath: y\n", 2},
		{"app.json", "{\"orgID\": \"x\",\n \"techAcct\": \"y\",\n \"privKeyPath\": \"z\"}\n", 3},
		{"app.toml", "orgID = \"x\"\ntechAcct = \"y\"\n", 2},
		{"other.yaml", "orgID: x\n", 0}, // one of three: somebody else's
		{"app.yaml", "# orgID and techAcct and privKeyPath\n", 0},
	} {
		root := t.TempDir()
		write(t, filepath.Join(root, row.file), row.text)
		got, _, err := Find(Search{Root: root, Settings: settings})
		if err != nil || len(got) != row.want {
			t.Errorf("%s %q: %v, %v, want %d", row.file, row.text, got, err, row.want)
		}
	}
}

func TestFindKeysAndSettingsNear(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"ours", "theirs"} {
		write(t, filepath.Join(root, dir, "private.key"), "x")
		write(t, filepath.Join(root, dir, "app.yaml"), "orgID: x\n")
	}
	got, _, err := Find(Search{Root: root, KeyFiles: []string{"private.key"}, Settings: []string{"orgID"}, Near: []string{filepath.Join(root, "ours")}})
	if err != nil || len(got) != 2 || filepath.Base(filepath.Dir(got[0].File)) != "ours" || filepath.Base(filepath.Dir(got[1].File)) != "ours" {
		t.Errorf("Find = %v, %v", got, err)
	}
}

func TestFindFollowsAVariableToItsKey(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "deploy/.env"), "ADOBE_KEY=secrets/service.key\n")
	write(t, filepath.Join(root, "deploy/secrets/service.key"), "x")
	write(t, filepath.Join(root, "deploy/secrets/other.key"), "x")
	got, _, err := Find(Search{Root: root, Variables: []string{"ADOBE_KEY"}})
	if err != nil || len(got) != 2 || got[1].Name != "service.key" || got[1].Kind != "pem-file" {
		t.Errorf("Find = %v, %v", got, err)
	}
}

func TestFindLeavesWhatOthersRead(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, ".env"), "ADOBE_KEY=1\nADOBE_ORG=2\n")
	write(t, filepath.Join(root, "report.py"), "os.environ['ADOBE_ORG']\n")
	write(t, filepath.Join(root, "main.go"), "os.Getenv(\"ADOBE_KEY\")\n")
	search := Search{Root: root, Variables: []string{"ADOBE_KEY", "ADOBE_ORG"}, Known: func(path string) bool { return filepath.Base(path) == "main.go" }}
	got, read, err := Find(search)
	if err != nil || len(got) != 1 || got[0].Name != "ADOBE_KEY" || !read["ADOBE_ORG"] || read["ADOBE_KEY"] {
		t.Errorf("Find = %v, %v, %v", got, read, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
