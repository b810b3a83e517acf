package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azure "github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	world "miohub/platforms/sandbox"
)

// The vendor's own client libraries, over TLS, are held against the emulated
// Entra: what they send must be taken, and what it answers they must understand.

// trusting is an HTTP client that trusts the World's certificate authority.
func (r *rig) trusting() *http.Client {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(r.ca) {
		r.t.Fatal("the authority is not in PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (r *rig) tlsAuthority() string { return r.urls["authority_tls_url"] + r.tenant.ID }

// inBrowser leads an address of the TLS authority to the one a browser trusts.
func (r *rig) inBrowser(address string) string {
	return strings.Replace(address, r.urls["authority_tls_url"], r.urls["authority_url"], 1)
}

// reads uses a token at Graph.
func (r *rig) reads(token, path string) {
	r.t.Helper()
	r.want(r.graph("GET", path, token, nil), 200)
}

func TestMSALSignsAPersonInAndRefreshes(t *testing.T) {
	r := newRig(t)
	client, err := public.New(r.c.hub.id, public.WithAuthority(r.tlsAuthority()), public.WithInstanceDiscovery(false),
		public.WithHTTPClient(r.trusting()), public.WithClientCapabilities([]string{"cp1"}))
	must(t, err)
	scopes := []string{graphResource + "/User.Read"}
	start, err := client.AuthCodeURL(t.Context(), r.c.hub.id, native, scopes)
	must(t, err)
	verifier := strings.Repeat("v", 64)
	q := r.visit(r.inBrowser(start)+"&code_challenge="+s256(verifier)+"&code_challenge_method=S256", "ann@contoso.example", "")
	got, err := client.AcquireTokenByAuthCode(t.Context(), q.Get("code"), native, scopes, public.WithChallenge(verifier))
	must(t, err)
	if got.Account.PreferredUsername != "ann.a@contoso.example" || got.IDToken.Oid != annID || got.IDToken.TenantID != r.tenant.ID {
		t.Errorf("signed in as %+v", got.Account)
	}
	r.reads(got.AccessToken, "/me")
	silent, err := client.AcquireTokenSilent(t.Context(), scopes, public.WithSilentAccount(got.Account), public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
	must(t, err)
	if silent.AccessToken == got.AccessToken {
		t.Error("the claims did not lead to a fresh token")
	}
	r.reads(silent.AccessToken, "/me")
	// A revoked sign-in is told in the library's own terms.
	must(t, world.SwitchFault("microsoft.grant-revoked", true, r.c.emulator()))
	_, err = client.AcquireTokenSilent(t.Context(), scopes, public.WithSilentAccount(got.Account), public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"2"}}}`))
	if err == nil || !strings.Contains(err.Error(), "AADSTS50173") {
		t.Errorf("after the sign-in was revoked: %v", err)
	}
}

func TestMSALDeviceCode(t *testing.T) {
	r := newRig(t)
	client, err := public.New(r.c.hub.id, public.WithAuthority(r.tlsAuthority()), public.WithInstanceDiscovery(false), public.WithHTTPClient(r.trusting()))
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	code, err := client.AcquireTokenByDeviceCode(ctx, []string{graphResource + "/User.Read"})
	must(t, err)
	b := world.NewBrowser(map[string]string{"otc": code.Result.UserCode, "address": "ann@contoso.example"})
	if _, page, err := b.Open(ctx, r.urls["authority_url"]+r.tenant.ID+"/oauth2/deviceauth"); err != nil {
		t.Fatalf("%v: %s", err, page)
	}
	got, err := code.AuthenticationResult(ctx)
	must(t, err)
	r.reads(got.AccessToken, "/me")
}

func TestMSALProvesTheApplication(t *testing.T) {
	r := newRig(t)
	r.c.grants.consentStatic(r.c.hub)
	k := r.uploaded()
	secret, err := confidential.NewCredFromSecret(r.c.hub.secret)
	must(t, err)
	cert, err := confidential.NewCredFromCert([]*x509.Certificate{k.cert}, k.key)
	must(t, err)
	wrong, err := confidential.NewCredFromSecret("wrong")
	must(t, err)
	for what, cred := range map[string]confidential.Credential{"secret": secret, "certificate": cert, "wrong": wrong} {
		client, err := confidential.New(r.tlsAuthority(), r.c.hub.id, cred, confidential.WithHTTPClient(r.trusting()), confidential.WithInstanceDiscovery(false))
		must(t, err)
		got, err := client.AcquireTokenByCredential(t.Context(), []string{graphResource + "/.default"})
		if what == "wrong" {
			if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") {
				t.Errorf("a wrong secret: %v", err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		r.reads(got.AccessToken, "/users")
	}
}

func TestAzidentityProvesTheApplication(t *testing.T) {
	r := newRig(t)
	r.c.grants.consentStatic(r.c.hub)
	k := r.uploaded()
	options := azcore.ClientOptions{
		Cloud:     azure.Configuration{ActiveDirectoryAuthorityHost: r.urls["authority_tls_url"]},
		Transport: r.trusting(), Retry: policy.RetryOptions{MaxRetries: -1},
	}
	cert, err := azidentity.NewClientCertificateCredential(r.tenant.ID, r.c.hub.id, []*x509.Certificate{k.cert}, k.key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	must(t, err)
	secret, err := azidentity.NewClientSecretCredential(r.tenant.ID, r.c.hub.id, r.c.hub.secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	must(t, err)
	ask := policy.TokenRequestOptions{Scopes: []string{graphResource + "/.default"}, EnableCAE: true}
	for what, cred := range map[string]azcore.TokenCredential{"certificate": cert, "secret": secret} {
		got, err := cred.GetToken(t.Context(), ask)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		r.reads(got.Token, "/users")
		claims, err := r.c.keys.verify(got.Token)
		must(t, err)
		if claims["xms_cc"] == nil {
			t.Errorf("%s: the token does not know of continuous access evaluation: %v", what, claims)
		}
	}
	must(t, world.SwitchFault("microsoft.certificate-expired", true, r.c.emulator()))
	ask.TenantID, ask.Claims = r.tenant.ID, `{"access_token":{"nbf":{"essential":true,"value":"3"}}}`
	if _, err := cert.GetToken(t.Context(), ask); err == nil || !strings.Contains(err.Error(), "AADSTS700027") {
		t.Errorf("an expired certificate: %v", err)
	}
}

// device begins a device code sign-in.
func (r *rig) device() answer {
	form := url.Values{"client_id": {r.c.hub.id}, "scope": {"User.Read"}}
	return r.want(r.do("POST", r.endpoint("/oauth2/v2.0/devicecode"), "", form), 200)
}

func (r *rig) redeemDevice(code string) answer {
	return r.token(url.Values{"client_id": {r.c.hub.id}, "grant_type": {deviceGrant}, "device_code": {code}})
}

func deviceCases() provoke {
	return provoke{
		"entra.device.unknown": func(r *rig) answer { return r.redeemDevice("x") },
		"entra.device.pending": func(r *rig) answer { return r.redeemDevice(r.device().text("device_code")) },
		"entra.device.expired": func(r *rig) answer {
			code := r.device().text("device_code")
			r.pass(20 * time.Minute)
			return r.redeemDevice(code)
		},
		"entra.device.declined": func(r *rig) answer {
			begun := r.device()
			client := *r.client
			client.Jar = jar(r.t)
			on := *r
			on.client = &client
			page := on.do("POST", r.endpoint("/oauth2/deviceauth"), "", url.Values{"otc": {begun.text("user_code")}})
			on.press(r.endpoint("/oauth2/v2.0/authorize"), page, "cancel")
			return r.redeemDevice(begun.text("device_code"))
		},
	}
}
