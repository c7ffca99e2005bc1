package library

// Functions that make keys and signers of bytes, and lookalikes.
var keyRows = []Func{
	{Pkg: "crypto/x509", Name: "ParsePKCS1PrivateKey", Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},
	{Pkg: "crypto/x509", Name: "ParsePKCS8PrivateKey", Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},
	{Pkg: "crypto/x509", Name: "ParseECPrivateKey", Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},
	{Pkg: "crypto/x509", Name: "DecryptPEMBlock", Role: Pass, Password: A1, Flow: []Edge{{A0, R0}}, Distinct: true},
	{Pkg: "crypto/x509", Name: "ParsePKCS1PublicKey", Role: Verify},
	{Pkg: "crypto/x509", Name: "ParsePKIXPublicKey", Role: Verify},
	{Pkg: "crypto/x509", Name: "ParseCertificate", Role: Verify},
	{Pkg: "encoding/pem", Name: "Decode", Role: Pass, Flow: []Edge{{A0, R0}, {A0, R1}}},
	{Pkg: "encoding/pem", Name: "EncodeToMemory", Role: Pass, Flow: []Edge{{A0, R0}}},
	{Pkg: "encoding/pem", Name: "Encode", Role: Pass, Flow: []Edge{{A1, A0}}},
	{Pkg: "crypto/ed25519", Name: "NewKeyFromSeed", Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},

	{Pkg: "golang.org/x/crypto/ssh", Name: "ParseRawPrivateKey", Role: Parse, Key: A0, Result: R0, Distinct: true},
	{Pkg: "golang.org/x/crypto/ssh", Name: "ParseRawPrivateKeyWithPassphrase", Role: Parse, Key: A0, Password: A1, Result: R0, Distinct: true},
	{Pkg: "golang.org/x/crypto/pkcs12", Name: "Decode", Role: Parse, Key: A0, Password: A1, Result: R0},
	{Pkg: "golang.org/x/crypto/pkcs12", Name: "ToPEM", Role: Pass, Password: A1, Flow: []Edge{{A0, R0}}},
	{Pkg: "software.sslmate.com/src/go-pkcs12", Name: "Decode", Role: Parse, Key: A0, Password: A1, Result: R0},
	{Pkg: "software.sslmate.com/src/go-pkcs12", Name: "DecodeChain", Role: Parse, Key: A0, Password: A1, Result: R0},
	{Pkg: "software.sslmate.com/src/go-pkcs12", Name: "ToPEM", Role: Pass, Password: A1, Flow: []Edge{{A0, R0}}},
	{Pkg: "github.com/youmark/pkcs8", Name: "ParsePKCS8PrivateKey", Role: Parse, Key: A0, Password: Rest1, Result: R0, Distinct: true},
	{Pkg: "github.com/youmark/pkcs8", Name: "ParsePKCS8PrivateKeyRSA", Role: Parse, Key: A0, Password: Rest1, Result: R0, Distinct: true},
	{Pkg: "github.com/youmark/pkcs8", Name: "ParsePKCS8PrivateKeyECDSA", Role: Parse, Key: A0, Password: Rest1, Result: R0, Distinct: true},
	{Pkg: "github.com/youmark/pkcs8", Name: "ParsePrivateKey", Role: Parse, Key: A0, Password: A1, Result: R0},

	{Pkg: "crypto/rsa", Name: "GenerateKey", Role: Generate, Result: R0},
	{Pkg: "crypto/ecdsa", Name: "GenerateKey", Role: Generate, Result: R0},
	{Pkg: "crypto/ed25519", Name: "GenerateKey", Role: Generate, Result: R1},

	// Keys of TLS and SSH: they sign no tokens.
	{Pkg: "crypto/tls", Name: "LoadX509KeyPair", Role: Lookalike, Path: A1},
	{Pkg: "crypto/tls", Name: "X509KeyPair", Role: Lookalike, Key: A1},
	{Pkg: "net/http", Name: "ListenAndServeTLS", Role: Lookalike, Path: A2},
	{Pkg: "net/http", Recv: "Server", Name: "ListenAndServeTLS", Role: Lookalike, Path: A1},
	{Pkg: "golang.org/x/crypto/ssh", Name: "ParsePrivateKey", Role: Lookalike, Key: A0, Effect: Pure},
	{Pkg: "golang.org/x/crypto/ssh", Name: "ParsePrivateKeyWithPassphrase", Role: Lookalike, Key: A0, Password: A1, Effect: Pure},
	{Pkg: "golang.org/x/crypto/ssh", Name: "NewSignerFromKey", Role: Lookalike, Key: A0, Effect: Pure},
}

// Functions that return only a signature, for code that concatenates header, payload and signature
// itself, and for keys that never enter the process.
var signRows = []Func{
	{Pkg: "crypto/rsa", Name: "SignPKCS1v15", Role: SignRaw, Key: A1, Input: A3, Result: R0, Distinct: true},
	{Pkg: "crypto/rsa", Name: "SignPSS", Role: SignRaw, Key: A1, Input: A3, Result: R0, Distinct: true},
	{Pkg: "crypto/rsa", Recv: "PrivateKey", Name: "Sign", Role: SignRaw, Key: Recv, Input: A1, Result: R0},
	{Pkg: "crypto/ecdsa", Name: "Sign", Role: SignRaw, Key: A1, Input: A2, Result: R0},
	{Pkg: "crypto/ecdsa", Name: "SignASN1", Role: SignRaw, Key: A1, Input: A2, Result: R0, Distinct: true},
	{Pkg: "crypto/ecdsa", Recv: "PrivateKey", Name: "Sign", Role: SignRaw, Key: Recv, Input: A1, Result: R0},
	{Pkg: "crypto/ed25519", Name: "Sign", Role: SignRaw, Key: A0, Input: A1, Result: R0},
	{Pkg: "crypto/ed25519", Recv: "PrivateKey", Name: "Sign", Role: SignRaw, Key: Recv, Input: A1, Result: R0},
	{Pkg: "crypto", Recv: "Signer", Name: "Sign", Abstract: true, Role: SignRaw, Key: Recv, Input: A1, Result: R0},
	{Pkg: "crypto", Recv: "MessageSigner", Name: "SignMessage", Abstract: true, Role: SignRaw, Key: Recv, Input: A1, Result: R0},
	{Pkg: "crypto", Name: "SignMessage", Role: SignRaw, Key: A0, Input: A2, Result: R0},
	{Pkg: "crypto/hmac", Name: "New", Role: SignRaw, Key: A1, Result: R0},

	// Key services. Key id and text are both in the request.
	{Pkg: "cloud.google.com/go/kms/apiv1", Recv: "KeyManagementClient", Name: "AsymmetricSign", Role: SignRaw, Context: A0, Key: A1, Input: A1, Result: R0, Distinct: true},
	{Pkg: "cloud.google.com/go/kms/apiv1", Recv: "KeyManagementClient", Name: "MacSign", Role: SignRaw, Context: A0, Key: A1, Input: A1, Result: R0, Distinct: true},
	{Pkg: "github.com/aws/aws-sdk-go-v2/service/kms", Recv: "Client", Name: "Sign", Role: SignRaw, Context: A0, Key: A1, Input: A1, Result: R0},
	{Pkg: "github.com/aws/aws-sdk-go/service/kms", Recv: "KMS", Name: "Sign", Role: SignRaw, Key: A0, Input: A0, Result: R0},
	{Pkg: "github.com/aws/aws-sdk-go/service/kms", Recv: "KMS", Name: "SignWithContext", Role: SignRaw, Context: A0, Key: A1, Input: A1, Result: R0},
}
