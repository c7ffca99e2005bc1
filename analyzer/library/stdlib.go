package library

// Functions of the standard library without a role, for what their calls do besides.
var stdlibRows = []Func{
	{Pkg: "time", Name: "Now", Effect: Varies}, {Pkg: "time", Name: "Since", Effect: Varies}, {Pkg: "time", Name: "Until", Effect: Varies},
	{Pkg: "time", Name: "Sleep", Effect: Strong}, {Pkg: "time", Name: "After*", Effect: Strong}, {Pkg: "time", Name: "Tick", Effect: Strong},
	{Pkg: "time", Name: "NewTimer", Effect: Strong}, {Pkg: "time", Name: "NewTicker", Effect: Strong},
	{Pkg: "time", Recv: "Timer", Name: "*", Effect: Strong}, {Pkg: "time", Recv: "Ticker", Name: "*", Effect: Strong},

	{Pkg: "fmt", Name: "Errorf", Effect: Pure, PlainError: true}, {Pkg: "fmt", Name: "Sscan*", Effect: Pure}, {Pkg: "fmt", Name: "Append*", Effect: Pure},
	{Pkg: "fmt", Name: "Print*", Effect: Outputs}, {Pkg: "fmt", Recv: "Stringer", Name: "*", Abstract: true, Effect: Pure},
	{Pkg: "errors", Name: "New", Effect: Pure, PlainError: true},
	{Pkg: "errors", Name: "Join", Effect: Pure, PlainError: true, NilOfNil: true, NilChecked: Rest0},

	{Pkg: "os", Name: "Stat", Effect: Reads}, {Pkg: "os", Name: "Lstat", Effect: Reads}, {Pkg: "os", Name: "Getwd", Effect: Reads},
	{Pkg: "os", Name: "UserHomeDir", Effect: Reads}, {Pkg: "os", Name: "UserConfigDir", Effect: Reads}, {Pkg: "os", Name: "Hostname", Effect: Reads},
	{Pkg: "os", Name: "Expand*", Effect: Reads}, {Pkg: "os", Name: "Is*", Effect: Pure}, {Pkg: "os", Name: "ReadDir", Effect: Reads},
	{Pkg: "os", Name: "DirFS", Effect: Reads}, {Pkg: "os", Name: "Executable", Effect: Reads}, {Pkg: "os", Name: "TempDir", Effect: Reads},
	{Pkg: "os", Name: "Getpid", Effect: Reads}, {Pkg: "os", Name: "Exit", Effect: Exits}, {Pkg: "syscall", Name: "Exit", Effect: Exits},
	{Pkg: "os", Recv: "File", Name: "Close", Effect: Closes}, {Pkg: "os", Recv: "File", Name: "Read*", Effect: Reads},
	{Pkg: "os", Recv: "File", Name: "Stat", Effect: Reads}, {Pkg: "os", Recv: "File", Name: "Name", Effect: Pure},
	{Pkg: "io/fs", Recv: "FileInfo", Name: "*", Abstract: true, Effect: Pure}, // os.FileInfo
	{Pkg: "embed", Recv: "FS", Name: "*", Effect: Reads},

	{Pkg: "io", Name: "ReadAtLeast", Effect: Pure, Fills: A1}, {Pkg: "io", Name: "NewSectionReader", Effect: Pure},
	{Pkg: "io", Recv: "Closer", Name: "Close", Abstract: true, Effect: Closes},
	{Pkg: "io/ioutil", Name: "ReadDir", Effect: Reads},
	{Pkg: "bufio", Name: "NewReaderSize", Effect: Pure, Flow: []Edge{{A0, R0}}, Output: Reader},
	{Pkg: "bufio", Recv: "Writer", Name: "Flush", Effect: Strong},

	{Pkg: "net/http", Recv: "Header", Name: "*", Effect: Pure},
	{Pkg: "net/http", Recv: "Header", Name: "Clone", Effect: Pure, Fresh: true},
	{Pkg: "net/http", Recv: "Request", Name: "*", Effect: Pure}, {Pkg: "net/http", Recv: "Request", Name: "Write*", Effect: Strong},
	{Pkg: "net/http", Name: "StatusText", Effect: Pure}, {Pkg: "net/http", Name: "CanonicalHeaderKey", Effect: Pure},
	{Pkg: "net/http", Name: "ProxyURL", Effect: Pure}, {Pkg: "net/http", Recv: "Transport", Name: "Clone", Effect: Pure},
	{Pkg: "net", Name: "ParseIP", Effect: Pure}, {Pkg: "net", Name: "JoinHostPort", Effect: Pure}, {Pkg: "net", Name: "SplitHostPort", Effect: Pure},

	{Pkg: "sync", Name: "OnceFunc", Effect: Pure, Once: A0}, {Pkg: "sync", Recv: "Once", Name: "Do", Effect: Strong, Calls: A0},
	{Pkg: "sync", Recv: "Mutex", Name: "*", Effect: Locks}, {Pkg: "sync", Recv: "RWMutex", Name: "*", Effect: Locks},
	{Pkg: "sync", Recv: "Locker", Name: "*", Abstract: true, Effect: Locks},
	{Pkg: "runtime", Name: "Goexit", Effect: Exits}, {Pkg: "runtime", Name: "*", Effect: Pure},
	{Pkg: "path/filepath", Name: "Walk*", Effect: Strong}, {Pkg: "context", Name: "AfterFunc", Effect: Strong},

	{Pkg: "crypto/rand", Name: "Read", Effect: Varies, Fills: A0}, {Pkg: "math/rand", Name: "Read", Effect: Varies, Fills: A0},
	{Pkg: "math/rand", Name: "Seed", Effect: Strong},

	// Functions of packages that are pure otherwise.
	{Pkg: "reflect", Recv: "Value", Name: "Call*", Effect: Strong}, {Pkg: "reflect", Recv: "Value", Name: "Send", Effect: Strong},
	{Pkg: "reflect", Recv: "Value", Name: "Recv", Effect: Strong}, {Pkg: "reflect", Recv: "Value", Name: "Close", Effect: Strong}, {Pkg: "reflect", Name: "Select", Effect: Strong},
	{Pkg: "encoding/gob", Name: "Register*", Effect: Strong}, {Pkg: "crypto", Name: "RegisterHash", Effect: Strong},
	{Pkg: "crypto/x509", Name: "SetFallbackRoots", Effect: Strong}, {Pkg: "mime", Name: "AddExtensionType", Effect: Strong}, {Pkg: "io/fs", Name: "WalkDir", Effect: Strong},
	{Pkg: "net/textproto", Name: "Dial", Effect: Strong}, {Pkg: "net/textproto", Recv: "Conn", Name: "*", Effect: Strong},
	{Pkg: "net/textproto", Recv: "Reader", Name: "*", Effect: Strong}, {Pkg: "net/textproto", Recv: "Writer", Name: "*", Effect: Strong},
	{Pkg: "crypto/tls", Name: "Dial*", Effect: Strong}, {Pkg: "crypto/tls", Name: "Listen*", Effect: Strong},
	{Pkg: "crypto/tls", Recv: "Conn", Name: "*", Effect: Strong},
	{Pkg: "text/template", Recv: "Template", Name: "*", Effect: Strong}, {Pkg: "mime/multipart", Recv: "Reader", Name: "*", Effect: Strong},

	{Pkg: "encoding/xml", Name: "Unmarshal", Effect: Pure, Fills: A1}, {Pkg: "encoding/asn1", Name: "Unmarshal", Effect: Pure, Fills: A1},
	{Pkg: "encoding/binary", Name: "Write", Effect: Pure, Fills: A0},
	{Pkg: "encoding/hex", Name: "Encode", Effect: Pure, Fills: A0}, {Pkg: "encoding/hex", Name: "Decode", Effect: Pure, Fills: A0},
	{Pkg: "encoding/xml", Recv: "Decoder", Name: "Decode", Effect: Pure, Fills: A0}, {Pkg: "encoding/gob", Recv: "Decoder", Name: "Decode", Effect: Pure, Fills: A0},
	{Pkg: "encoding/xml", Recv: "Encoder", Name: "Encode", Effect: Pure, Fills: Recv}, {Pkg: "encoding/gob", Recv: "Encoder", Name: "Encode", Effect: Pure, Fills: Recv},
	{Pkg: "sort", Name: "Strings", Effect: Pure, Fills: A0}, {Pkg: "sort", Name: "Slice*", Effect: Pure, Fills: A0},
	{Pkg: "slices", Name: "Sort", Effect: Pure, Fills: A0},

	// Other people's errors.
	{Pkg: "github.com/pkg/errors", Name: "New", Effect: Pure, PlainError: true}, {Pkg: "github.com/pkg/errors", Name: "Errorf", Effect: Pure, PlainError: true},
	{Pkg: "github.com/pkg/errors", Name: "Wrap", Effect: Pure, PlainError: true, NilOfNil: true},
	{Pkg: "github.com/pkg/errors", Name: "Wrapf", Effect: Pure, PlainError: true, NilOfNil: true},
	{Pkg: "github.com/pkg/errors", Name: "WithStack", Effect: Pure, PlainError: true, NilOfNil: true},
	{Pkg: "github.com/pkg/errors", Name: "WithMessage", Effect: Pure, PlainError: true, NilOfNil: true},
	{Pkg: "github.com/pkg/errors", Name: "WithMessagef", Effect: Pure, PlainError: true, NilOfNil: true},
	{Pkg: "golang.org/x/xerrors", Name: "New", Effect: Pure, PlainError: true}, {Pkg: "golang.org/x/xerrors", Name: "Errorf", Effect: Pure, PlainError: true},
	{Pkg: "go.uber.org/multierr", Name: "Combine", NilChecked: Rest0}, {Pkg: "github.com/hashicorp/go-multierror", Name: "Append", NilChecked: Rest1},
}
