package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A step is one thing to do in a tab.
type step = chromedp.Action[chromedp.Void]

// send is a command of the protocol.
func send[P, R any](c cdp.Command[P, R], params P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// A tab is a page that is looked at, with what it should not do.
type tab struct {
	context.Context
	t *testing.T

	mu       sync.Mutex
	requests []string
	faults   []string
}

// open opens a page in a new browser.
func open(t *testing.T, address string, before ...step) *tab {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed, so the page was not opened")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.WindowSize(1200, 1600))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	tb := &tab{Context: ctx, t: t}
	itself, _, _ := strings.Cut(address, "#")
	err = chromedp.Listen(ctx, func(ev any) {
		tb.mu.Lock()
		defer tb.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; u != itself {
				tb.requests = append(tb.requests, u)
			}
		case *runtime.EventExceptionThrown:
			tb.faults = append(tb.faults, ev.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			tb.faults = append(tb.faults, string(ev.Entry.Level)+": "+ev.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			tb.faults = append(tb.faults, "console: "+string(ev.Type))
		case *cdppage.EventJavascriptDialogOpening:
			tb.faults = append(tb.faults, "a dialog: "+ev.Message)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	tb.do(append([]step{send(network.Enable, network.EnableParams{}), send(log.Enable, cdp.Empty{}), send(runtime.Enable, cdp.Empty{})}, append(before, chromedp.Navigate(address))...)...)
	t.Cleanup(func() {
		tb.mu.Lock()
		defer tb.mu.Unlock()
		if len(tb.requests) > 0 {
			t.Errorf("the page asks for %q", tb.requests)
		}
		if len(tb.faults) > 0 {
			t.Errorf("the page has faults: %q", tb.faults)
		}
	})
	return tb
}

func (tb *tab) do(actions ...step) {
	tb.t.Helper()
	if err := chromedp.Do(tb, actions...); err != nil {
		tb.t.Fatal(err)
	}
}

// eval evaluates an expression.
func eval[T any](tb *tab, js string) T {
	tb.t.Helper()
	v, err := chromedp.Run(tb, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// want compares the value of an expression, which may take a moment to become so.
func (tb *tab) want(js string, want any) {
	tb.t.Helper()
	var got any
	for range 40 {
		if got = eval[any](tb, js); fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.t.Errorf("%s is %v, want %v", js, got, want)
}

const shown = `document.querySelectorAll("details.f:not([hidden])").length`

func TestFilters(t *testing.T) {
	t.Parallel()
	tb := open(t, page(t, ledger(40, "")))
	tb.want(shown, 40)
	tb.do(chromedp.SendKeys(chromedp.CSS("#q"), "svc/0007"))
	tb.want(shown, 1)
	tb.want(`document.getElementById("shown").textContent`, "1 of 40 shown")
	tb.do(chromedp.SendKeys(chromedp.CSS("#q"), "\x1b"))
	tb.want(shown, 40)
	pick := func(filter, value string) {
		eval[any](tb, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q; s.dispatchEvent(new Event("change")); return 0 })()`, filter, value))
	}
	pick("[data-filter=state]", "needs-input")
	tb.want(shown, 10)
	pick("[data-filter=vendor]", "Adobe IMS")
	tb.want(shown, 0)
	tb.want(`document.getElementById("none").hidden`, false)
	pick("[data-filter=vendor]", "")
	pick("[data-filter=owner]", "@acme/team-1")
	tb.want(shown, 2)
	pick("[data-filter=owner]", "")
	pick("[data-filter=state]", "")
	pick("#group", "owner")
	tb.want(`document.querySelectorAll("#list h3:not([hidden])").length`, 7)
	tb.want(`document.querySelector("#list h3").textContent`, "@acme/team-0")
	pick("#group", "")
	tb.want(`document.querySelectorAll("#list h3").length`, 0)
	tb.want(`document.querySelector("#list details.f").id`, "f-0-id0000")
}

func TestOpening(t *testing.T) {
	t.Parallel()
	address := page(t, ledger(12, ""))
	tb := open(t, address)
	tb.want(`document.querySelectorAll(".body").length`, 0)
	tb.do(chromedp.Click(chromedp.CSS("#f-0-id0004 > summary")), chromedp.WaitVisible(chromedp.CSS("#f-0-id0004 .body")))
	tb.want(`document.querySelectorAll("#f-0-id0004 .diff").length`, 1)
	tb.want(`[...document.querySelectorAll("#f-0-id0004 .diff .del code")].map(e => e.textContent.trim()).join("|")`, "pem, err := os.ReadFile(name)|if err != nil {")
	tb.want(`document.querySelector("#f-0-id0004 mark").textContent`, "os.ReadFile")
	// go.mod is of several flows, and shown with the first.
	tb.do(chromedp.Click(chromedp.CSS("#f-0-id0000 > summary")), chromedp.WaitVisible(chromedp.CSS("#f-0-id0000 .body")))
	tb.want(`document.querySelectorAll("#f-0-id0000 .diff").length`, 2)
	tb.do(chromedp.Click(chromedp.CSS("#expand")), chromedp.Sleep(300*time.Millisecond))
	tb.want(`document.querySelectorAll("details.f[open] .body").length`, 12)
	// A decision leads to the flows that wait for it.
	tb.do(chromedp.Click(chromedp.CSS("#expand")), chromedp.Click(chromedp.CSS(`#decisions a[href="#f-0-id0005"]`)), chromedp.WaitVisible(chromedp.CSS("#f-0-id0005 .body")))
	tb.want(`document.activeElement.parentElement.id`, "f-0-id0005")
	// An address with an anchor opens its flow.
	direct := open(t, address+"#f-0-id0006")
	direct.do(chromedp.WaitVisible(chromedp.CSS("#f-0-id0006 .body")))
	direct.want(`document.querySelectorAll(".body").length`, 1)
	direct.want(`document.querySelectorAll('a[href^="#"]').length > 0 && [...document.querySelectorAll('a[href^="#"]')].every(a => document.getElementById(decodeURIComponent(a.hash.slice(1))))`, true)
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	tb := open(t, page(t, ledger(5, "")))
	key := func(k string) { tb.do(chromedp.KeyEvent(k)) }
	eval[any](tb, `document.querySelector("details.f > summary").focus()`)
	key(kb.ArrowDown)
	key(kb.ArrowDown)
	key(kb.ArrowUp)
	tb.want(`document.activeElement.parentElement.id`, "f-0-id0001")
	key(kb.Enter)
	tb.do(chromedp.WaitVisible(chromedp.CSS("#f-0-id0001 .body")))
}

func TestCopyAndTick(t *testing.T) {
	t.Parallel()
	var grants []step
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		grants = append(grants, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := cdp.Call(ctx, chromedp.FromContext(ctx).Browser, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted})
			return err
		}))
	}
	tb := open(t, page(t, ledger(8, "")), grants...)
	tb.do(chromedp.Click(chromedp.CSS(".copy")), chromedp.Sleep(200*time.Millisecond))
	tb.want(`document.querySelector(".copy").textContent`, "Copied")
	tb.want(`navigator.clipboard.readText()`, "scopes:\n  ent_0_sdk: openid,AdobeID\n# \n")
	tb.want(`document.querySelectorAll(".steps input:checked").length`, 0)
	tb.do(chromedp.Click(chromedp.CSS(".steps li:nth-child(2) input")))
	tb.want(`document.querySelectorAll(".steps input:checked").length`, 1)
	tb.do(chromedp.Reload())
	tb.want(`[...document.querySelectorAll(".steps input")].map(e => e.checked).join()`, "false,true,false")
	tb.do(chromedp.Click(chromedp.CSS(".steps li:nth-child(2) input")))
	tb.want(`document.querySelectorAll(".steps input:checked").length`, 0)
	tb.do(chromedp.Reload())
	tb.want(`document.querySelectorAll(".steps input:checked").length`, 0)
}

// Text of a repository stays text.
func TestHostileText(t *testing.T) {
	t.Parallel()
	d := ledger(8, hostile)
	d.Runs[0].Repository, d.Runs[0].Directory = "code.example/"+hostile, hostile
	tb := open(t, page(t, d))
	tb.do(chromedp.Click(chromedp.CSS("#expand")), chromedp.Sleep(300*time.Millisecond))
	tb.want(`document.querySelectorAll(".body").length`, 8)
	tb.want(`document.querySelectorAll("img, svg, iframe, object, script").length`, 1) // the page's own script
	tb.want(`[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on"))).length`, 0)
	text, _ := json.Marshal(hostile)
	for _, where := range []string{"h1", ".meta", ".what", ".source pre", ".parts", ".diff", ".steps", "#leftovers", "#unseen", "#decisions pre", ".body ul"} {
		tb.want(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.includes(%s))`, where, text), true)
	}
}

// Without scripts everything is there to be read.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	tb := open(t, page(t, ledger(6, hostile)), send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	tb.want(`document.querySelectorAll("noscript .body").length`, 6)
	tb.want(`getComputedStyle(document.querySelector(".filters")).display`, "none")
	tb.want(`document.querySelectorAll("img, svg").length`, 0)
	tb.do(chromedp.Click(chromedp.CSS("#f-0-id0000 > summary")), chromedp.WaitVisible(chromedp.CSS("#f-0-id0000 .diff")))
}

func TestPrint(t *testing.T) {
	t.Parallel()
	tb := open(t, page(t, ledger(6, "")))
	pdf, err := chromedp.Run(tb, chromedp.PrintToPDF())
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) < 20000 {
		t.Errorf("on paper there are %d bytes", len(pdf))
	}
	tb.want(`document.querySelectorAll("details.f[open] .body").length`, 6)
}

// TestAccessibility lets axe-core look at the page, light and dark, closed and open, and without scripts.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			tb := open(t, page(t, ledger(9, "")), send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
			tb.do(chromedp.Evaluate[chromedp.Void](axe))
			for _, state := range []string{"closed", "open"} {
				if state == "open" {
					tb.do(chromedp.Click(chromedp.CSS("#expand")), chromedp.Sleep(500*time.Millisecond))
				}
				var out struct {
					Violations []struct {
						ID, Help string
						Nodes    []struct{ HTML string }
					}
					Passes []struct{ ID string }
				}
				text := eval[string](tb, `axe.run({resultTypes: ["violations", "passes"]}).then(r => JSON.stringify(r))`)
				if err := json.Unmarshal([]byte(text), &out); err != nil {
					t.Fatal(err)
				}
				for _, v := range out.Violations {
					t.Errorf("%s: %s: %s\n%v", state, v.ID, v.Help, v.Nodes)
				}
				if len(out.Passes) < 15 {
					t.Errorf("%s: axe looked at %d rules only", state, len(out.Passes))
				}
				tb.picture(scheme + "-" + state)
			}
		})
	}
}

// TestLarge opens a page of 5,000 findings. The time is for reading: a test that fails by the clock fails by
// what else the machine does.
func TestLarge(t *testing.T) {
	address := page(t, ledger(5000, ""))
	tb := open(t, address)
	info, err := os.Stat(strings.TrimPrefix(address, "file://"))
	if err != nil {
		t.Fatal(err)
	}
	load := eval[float64](tb, `performance.timing.loadEventEnd - performance.timing.navigationStart`)
	search := eval[float64](tb, `(() => { const t = performance.now(); const q = document.getElementById("q"); q.value = "svc/4999"; q.dispatchEvent(new Event("input")); document.body.offsetHeight; return performance.now() - t })()`)
	tb.want(shown, 1)
	t.Logf("%.1f MB, parsed after %.0f ms, loaded after %.0f ms, searched in %.0f ms", float64(info.Size())/1e6, eval[float64](tb, `performance.timing.domInteractive - performance.timing.navigationStart`), load, search)
	if load > 30000 {
		t.Errorf("it takes %.0f ms to open", load)
	}
}

// axeCore returns the source of axe-core, which npm fetches once.
func axeCore(t *testing.T) string {
	t.Helper()
	const version = "4.14.1"
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "jwtretire-test", "axe-core-"+version)
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if _, err := exec.LookPath("npm"); err != nil {
			t.Skip("npm is not installed, so accessibility was not looked at")
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "axe-core@"+version).CombinedOutput(); err != nil {
			t.Skipf("axe-core cannot be had, so accessibility was not looked at: %v\n%s", err, out)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// picture keeps what is to be seen for a person to look at, in the folder of JWTRETIRE_PICTURES.
func (tb *tab) picture(name string) {
	dir := os.Getenv("JWTRETIRE_PICTURES")
	if dir == "" {
		return
	}
	// A picture of more than the window stretches what was not rendered yet.
	tb.do(chromedp.Evaluate[chromedp.Void](`for (const el of document.querySelectorAll("details.f")) el.style.contentVisibility = "visible"`))
	png, err := chromedp.Run(tb, chromedp.FullScreenshot(100))
	if err != nil {
		tb.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666); err != nil {
		tb.t.Fatal(err)
	}
}

// TestReadmePicture makes the page of which README has a picture, and with JWTRETIRE_PICTURES=../../../../docs the picture, report.png.
func TestReadmePicture(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := errors.Join(os.CopyFS(dir, os.DirFS("../../../../testdata/sample")), os.WriteFile(filepath.Join(dir, "CODEOWNERS"), []byte("* @acme/reporting\n"), 0o666))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	bin := filepath.Join(t.TempDir(), "jwtretire")
	for _, row := range []struct {
		dir  string
		args []string
		code int
	}{
		{"../../../..", []string{"go", "build", "-o", bin, "./cmd/jwtretire"}, 0},
		{dir, []string{"git", "init", "-q"}, 0},
		{dir, []string{"git", "remote", "add", "origin", "https://code.example/acme/reporting.git"}, 0},
		{dir, []string{bin, "fix", "-diff", "-format", "html", "-o", file}, 1},
	} {
		cmd := exec.Command(row.args[0], row.args[1:]...)
		cmd.Dir, cmd.Env = row.dir, append(os.Environ(), "SOURCE_DATE_EPOCH=1796000000")
		if out, err := cmd.CombinedOutput(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != row.code {
			t.Fatalf("%q: %v\n%s", row.args, err, out)
		}
	}
	tb := open(t, "file://"+file, chromedp.EmulateViewport(1000, 1700))
	tb.do(chromedp.Click(chromedp.CSS("details.f > summary")), chromedp.Sleep(300*time.Millisecond))
	tb.want(`document.querySelector("h1").textContent`, "JWT credentials to retire in code.example/acme/reporting")
	tb.want(`[...document.querySelectorAll(".ins")].some(e => e.textContent.includes("clientcredentials.Config{"))`, true)
	if dir := os.Getenv("JWTRETIRE_PICTURES"); dir != "" {
		png, err := chromedp.Run(tb, chromedp.CaptureScreenshot())
		if err = errors.Join(err, os.WriteFile(filepath.Join(dir, "report.png"), png, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
}
