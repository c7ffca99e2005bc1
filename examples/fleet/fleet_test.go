// Package fleet has examples of running jwtretire over many repositories, and tests of them. It is a module of its own, because only
// these tests need what checks such files.
package fleet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestScan runs scan.sh over 200 repositories: every tenth has a flow, one cannot be scanned, and one ledger is damaged
// afterwards.
func TestScan(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "bin")
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "jwtretire"), "./cmd/jwtretire")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	root, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for i := range 200 {
		dir := filepath.Join(root, fmt.Sprintf("repo-%03d", i))
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		files := map[string]string{"go.mod": "module m\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() {}\n"}
		switch {
		case i == 77:
			files[".jwtretire.yaml"] = "scope: mistyped\n"
		case i%10 == 0:
			if err := os.CopyFS(dir, os.DirFS("../../testdata/sample")); err != nil {
				t.Fatal(err)
			}
			files = map[string]string{}
		}
		for _, kv := range [][2]string{{"HEAD", "ref: refs/heads/main\n"}, {"config", fmt.Sprintf("[remote \"origin\"]\n\turl = https://x:s3cr3t@code.example/acme/repo-%03d.git\n", i)}} {
			files[".git/"+kv[0]] = kv[1]
		}
		for name, text := range files {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
	}
	run := func(name string, args ...string) (string, int) {
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(root, ".cache"))
		text, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(text), cmd.ProcessState.ExitCode()
	}
	said, code := run("./scan.sh", root, out)
	if code != 2 || strings.Count(said, "is left out") != 1 || !strings.Contains(said, "repo-077.json is left out") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	ledgers, err := filepath.Glob(filepath.Join(out, "*.json"))
	if err != nil || len(ledgers) != 200 {
		t.Fatalf("%d ledgers (%v)", len(ledgers), err)
	}
	inventory, err := os.ReadFile(filepath.Join(out, "inventory.csv"))
	if err != nil || bytes.Count(inventory, []byte("\n")) != 21 || !bytes.Contains(inventory, []byte("code.example/acme/repo-190,,token.go:41,Adobe IMS,retire,env ADOBE_CLIENT_ID,")) {
		t.Errorf("the inventory is\n%s (%v)", inventory, err)
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil || !bytes.Contains(page, []byte("<strong>20</strong> of 20 flows are still to be retired")) || bytes.Contains(page, []byte("s3cr3t")) {
		t.Errorf("the page has not all flows, or a secret (%v)", err)
	}
	if log, err := os.ReadFile(filepath.Join(out, "repo-077.log")); err != nil || !bytes.Contains(log, []byte(`unknown key "scope"`)) {
		t.Errorf("nothing says why a scan failed: %s (%v)", log, err)
	}
	if err := os.Truncate(filepath.Join(out, "repo-190.json"), 500); err != nil {
		t.Fatal(err)
	}
	said, code = run("jwtretire", append([]string{"merge"}, ledgers...)...)
	if code != 2 || strings.Count(said, "is left out") != 2 || !strings.Contains(said, "repo-190.json is left out: it is not a JSON report of jwtretire, or it is damaged") || !strings.Contains(said, "19 flows in ") {
		t.Errorf("with a damaged ledger exit code %d:\n%s", code, said[max(0, len(said)-1000):])
	}
}

// TestFix runs fix.sh as multi-gitter does: in a clone, some at a time, with the repository's name in the environment. It succeeds where
// something is left for a person, and fails where the tool does.
func TestFix(t *testing.T) {
	bin, temp := t.TempDir(), t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "jwtretire"), "./cmd/jwtretire")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script, err := filepath.Abs("fix.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		config string
		code   int
		report string
	}{
		"acme/shop":    {"", 0, "rewritten to OAuth client credentials"},
		"acme/billing": {"ignore: []\n", 0, "rewritten to OAuth client credentials"},
		"acme/broken":  {"scope: mistyped\n", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := errors.Join(os.CopyFS(dir, os.DirFS("../../testdata/sample")), os.WriteFile(filepath.Join(dir, ".jwtretire.yaml"), []byte(row.config), 0o666)); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TMPDIR="+temp, "REPOSITORY="+name)
			out, _ := cmd.CombinedOutput()
			if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != row.code {
				t.Fatalf("%v\n%s", cmd.ProcessState, out)
			}
			report, err := os.ReadFile(filepath.Join(temp, "jwtretire-"+strings.ReplaceAll(name, "/", "-")+".txt"))
			if err != nil || !bytes.Contains(report, []byte(row.report)) {
				t.Errorf("the report is %q (%v)", report, err)
			}
			text, err := os.ReadFile(filepath.Join(dir, "token.go"))
			if err != nil || bytes.Contains(text, []byte("clientcredentials.Config{")) != (row.code == 0) {
				t.Errorf("%s has\n%s (%v)", name, text, err)
			}
		})
	}
}

// TestWorkflows lets actionlint look at the workflow, and at the project's own action.
func TestWorkflows(t *testing.T) {
	var said bytes.Buffer
	l, err := actionlint.NewLinter(&said, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := l.LintFile("github-actions.yml", nil); err != nil || len(faults) > 0 {
		t.Errorf("%v\n%s", err, said.String())
	}
	// A test that cannot fail proves nothing.
	text, err := os.ReadFile("github-actions.yml")
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := l.Lint("broken.yml", bytes.Replace(text, []byte("needs.list.outputs.repositories"), []byte("needs.list.outputs.repos"), 1), nil); err != nil || len(faults) == 0 {
		t.Errorf("a mistyped output is not noticed (%v)", err)
	}
	_, _ = io.Copy(io.Discard, &said)
}

// TestAction lets actionlint look at a workflow that uses the project's own action, whose inputs and outputs it knows then.
func TestAction(t *testing.T) {
	root := t.TempDir()
	action, err := os.ReadFile("../../action.yml")
	if err = errors.Join(err, os.WriteFile(filepath.Join(root, "action.yml"), action, 0o666), os.MkdirAll(filepath.Join(root, ".github", "workflows"), 0o777), os.Mkdir(filepath.Join(root, ".git"), 0o777)); err != nil {
		t.Fatal(err)
	}
	lint := func(with, output string) string {
		workflow := "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    permissions: {contents: read, security-events: write}\n    steps:\n      - uses: actions/checkout@v4\n      - id: j\n        uses: ./\n        with: {" + with + "}\n      - run: echo ${{ steps.j.outputs." + output + " }}\n"
		file := filepath.Join(root, ".github", "workflows", "ci.yml")
		if err := os.WriteFile(file, []byte(workflow), 0o666); err != nil {
			t.Fatal(err)
		}
		project, err := actionlint.NewProject(root)
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		l, err := actionlint.NewLinter(&said, &actionlint.LinterOptions{WorkingDir: root})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.LintFile(file, project); err != nil {
			t.Fatal(err)
		}
		return said.String()
	}
	if said := lint("packages: ./..., working-directory: svc, upload: false", "findings"); said != "" {
		t.Errorf("%s", said)
	}
	if said := lint("package: ./...", "sarif"); !strings.Contains(said, `input "package" is not defined`) {
		t.Errorf("a mistyped input: %q", said)
	}
	if said := lint("packages: .", "finding"); !strings.Contains(said, "finding") {
		t.Errorf("a mistyped output: %q", said)
	}
}

// TestActionScript runs the script of the action's scan, as a runner would.
func TestActionScript(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Runs struct {
			Steps []struct{ ID, Run string }
		}
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	script := ""
	for _, s := range action.Runs.Steps {
		if s.ID == "scan" {
			script = s.Run
		}
	}
	bin, work, temp := t.TempDir(), t.TempDir(), t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "jwtretire"), "./cmd/jwtretire")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.CopyFS(work, os.DirFS("../../testdata/sample")); err != nil {
		t.Fatal(err)
	}
	outputs := filepath.Join(temp, "outputs")
	cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+outputs, "PACKAGES=./...", "ARGS=-all")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("::error file=token.go,line=41,")) {
		t.Errorf("%v\n%s", err, out)
	}
	said, err := os.ReadFile(outputs)
	if err != nil || string(said) != "sarif="+filepath.Join(temp, "jwtretire.sarif")+"\nfindings=true\n" {
		t.Errorf("outputs are %q (%v)", said, err)
	}
	if log, err := os.ReadFile(filepath.Join(temp, "jwtretire.sarif")); err != nil || !bytes.Contains(log, []byte(`"version": "2.1.0"`)) {
		t.Errorf("no SARIF (%v)", err)
	}
}

// TestKubernetes reads the manifest as the API server does: an unknown field is an error.
func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile("kubernetes-job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config, job, ok := strings.Cut(string(text), "\n---\n")
	if !ok {
		t.Fatal("there are not two manifests")
	}
	var c core.ConfigMap
	if err := yaml.UnmarshalStrict([]byte(config), &c); err != nil {
		t.Error(err)
	}
	var j batch.Job
	if err := yaml.UnmarshalStrict([]byte(job), &j); err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(c.Data["repositories"])); int(*j.Spec.Completions) != n {
		t.Errorf("%d completions for %d repositories", *j.Spec.Completions, n)
	}
	if *j.Spec.CompletionMode != batch.IndexedCompletion || j.Spec.Template.Spec.Volumes[0].ConfigMap.Name != c.Name {
		t.Error("the job does not read the list by its index")
	}
}

// TestOthers reads the rest as YAML and lets the shell read the scripts: nothing here knows more of them.
func TestOthers(t *testing.T) {
	for _, name := range []string{"gitlab-ci.yml", "multi-gitter.yaml"} {
		text, err := os.ReadFile(name)
		var v map[string]any
		if err = errors.Join(err, yaml.UnmarshalStrict(text, &v)); err != nil || len(v) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"scan.sh", "fix.sh"} {
		if out, err := exec.Command("sh", "-n", name).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
