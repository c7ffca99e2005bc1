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
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, tt.file), tt.text)
			got, err := Find(root, []string{"ADOBE_KEY"}, []string{"/run/secrets/private.pem"})
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
	got, err := Find(root, []string{"ADOBE_KEY"}, nil)
	if err != nil || len(got) != 0 {
		t.Errorf("Find = %v, %v; other variables have longer names", got, err)
	}
}

func TestFindPassesOver(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"vendor/x", "node_modules/y", ".git", "testdata"} {
		write(t, filepath.Join(root, dir, ".env"), "ADOBE_KEY=1\n")
	}
	got, err := Find(root, []string{"ADOBE_KEY"}, nil)
	if err != nil || len(got) != 0 {
		t.Errorf("Find = %v, %v; want nothing", got, err)
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
