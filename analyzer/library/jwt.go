package library

// golang-jwt and its ancestors: dgrijalva/jwt-go, form3tech-oss/jwt-go, gopkg.in/dgrijalva/jwt-go.
// Before version 5 the methods' Sign gave base64 text, now it gives bytes; for the flow it is the same.
var jwtRows = []Func{
	{Pkg: golangJWT, Name: "New", Role: Claims, Alg: A0, Result: R0},
	{Pkg: golangJWT, Name: "NewWithClaims", Role: Claims, Alg: A0, Claims: A1, Result: R0, Flow: []Edge{{A1, R0}}, Distinct: true},
	{Pkg: golangJWT, Recv: "Token", Name: "SignedString", Role: Sign, Claims: Recv, Key: A0, Result: R0, Distinct: true},
	{Pkg: golangJWT, Recv: "Token", Name: "SigningString", Role: SigningInput, Claims: Recv, Result: R0, Flow: []Edge{{Recv, R0}}, Distinct: true},
	{Pkg: golangJWT, Recv: "Token", Name: "EncodeSegment", Min: 5, Role: Pass, Flow: []Edge{{A0, R0}}},
	{Pkg: golangJWT, Name: "EncodeSegment", Max: 4, Role: Pass, Flow: []Edge{{A0, R0}}, Distinct: true},
	{Pkg: golangJWT, Name: "DecodeSegment", Max: 4, Role: Pass, Flow: []Edge{{A0, R0}}},
	{Pkg: golangJWT, Name: "GetSigningMethod", Role: Pass, Flow: []Edge{{A0, R0}}},

	{Pkg: golangJWT, Recv: "SigningMethod", Name: "Sign", Abstract: true, Role: SignRaw, Input: A0, Key: A1, Result: R0},
	{Pkg: golangJWT, Recv: "SigningMethodRSA", Name: "Sign", Role: SignRaw, Input: A0, Key: A1, Result: R0},
	{Pkg: golangJWT, Recv: "SigningMethodRSAPSS", Name: "Sign", Role: SignRaw, Input: A0, Key: A1, Result: R0},
	{Pkg: golangJWT, Recv: "SigningMethodECDSA", Name: "Sign", Role: SignRaw, Input: A0, Key: A1, Result: R0},
	{Pkg: golangJWT, Recv: "SigningMethodEd25519", Name: "Sign", Min: 3, Role: SignRaw, Input: A0, Key: A1, Result: R0},
	{Pkg: golangJWT, Recv: "SigningMethodHMAC", Name: "Sign", Role: SignRaw, Input: A0, Key: A1, Result: R0},

	{Pkg: golangJWT, Name: "ParseRSAPrivateKeyFromPEM", Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},
	{Pkg: golangJWT, Name: "ParseRSAPrivateKeyFromPEMWithPassword", Role: Parse, Key: A0, Password: A1, Result: R0, Distinct: true, Fresh: true},
	{Pkg: golangJWT, Name: "ParseECPrivateKeyFromPEM", Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},
	{Pkg: golangJWT, Name: "ParseEdPrivateKeyFromPEM", Min: 3, Role: Parse, Key: A0, Result: R0, Distinct: true, Fresh: true},
	{Pkg: golangJWT, Name: "ParseRSAPublicKeyFromPEM", Role: Verify, Distinct: true},
	{Pkg: golangJWT, Name: "ParseECPublicKeyFromPEM", Role: Verify, Distinct: true},
	{Pkg: golangJWT, Name: "ParseEdPublicKeyFromPEM", Min: 3, Role: Verify, Distinct: true},
	{Pkg: golangJWT, Name: "Parse", Role: Verify, Flow: []Edge{{A0, R0}}},
	{Pkg: golangJWT, Name: "ParseWithClaims", Role: Verify, Flow: []Edge{{A0, R0}}, Distinct: true},
	{Pkg: golangJWT, Recv: "Parser", Name: "Parse", Role: Verify, Flow: []Edge{{A0, R0}}},
	{Pkg: golangJWT, Recv: "Parser", Name: "ParseWithClaims", Role: Verify, Flow: []Edge{{A0, R0}}},
	{Pkg: golangJWT, Recv: "Parser", Name: "ParseUnverified", Min: 3, Role: Verify, Flow: []Edge{{A0, R0}}, Distinct: true},

	// The TPM signing methods put the key into a context, which then is what SignedString gets.
	{Pkg: tpmJWT, Name: "NewTPMContext", Role: Signer, Key: A1, Result: R0, Flow: []Edge{{A1, R0}}, Distinct: true},
	{Pkg: tpmJWT, Recv: "SigningMethodTPM", Name: "Sign", Role: SignRaw, Input: A0, Key: A1, Result: R0},
}
