package oauth

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"

	"miohub/platforms"
)

// SignIn is one sign-in of a person: the authorization code flow with PKCE
// (RFC 7636, S256) and a loopback redirect (RFC 8252).
type SignIn struct {
	// Config names the client, its endpoints and scopes. Its redirect and its
	// auth style are set here: credentials always travel in the form.
	Config   oauth2.Config
	Loopback Loopback
	Params   map[string]string // further parameters of the authorize page: "prompt", "login_hint"
	// Claims is the claims request of the authorize page and of the token, as
	// JSON; "" for none.
	Claims string
	Open   func(url string) error
	// HTTP reaches the token endpoint.
	HTTP *http.Client
}

// Run signs in and returns the token. Errors are *platforms.Error.
func (s SignIn) Run(ctx context.Context) (*oauth2.Token, error) {
	r, err := Listen(s.Loopback)
	if err != nil {
		return nil, err
	}
	// The receiver stays until the code is redeemed, so that a second tab is
	// told so instead of finding nobody.
	defer r.Close()
	cfg := s.Config
	cfg.RedirectURL = r.RedirectURL()
	cfg.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	verifier := oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	for k, v := range s.Params {
		options = append(options, oauth2.SetAuthURLParam(k, v))
	}
	redeem := []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier)}
	if s.Claims != "" {
		claims := oauth2.SetAuthURLParam("claims", s.Claims)
		options, redeem = append(options, claims), append(redeem, claims)
	}
	if err := show(r, cfg.AuthCodeURL(r.State(), options...), s.Open); err != nil {
		return nil, err
	}
	answer, err := r.Wait(ctx)
	if err != nil {
		return nil, err
	}
	code := answer.Get("code")
	if code == "" {
		return nil, &platforms.Error{Kind: platforms.Internal, Op: r.set.Op, Text: "the answer carried neither a code nor an error"}
	}
	token, err := cfg.Exchange(withClient(ctx, s.HTTP), code, redeem...)
	if err != nil {
		return nil, Failure(r.set.Op, err)
	}
	return token, nil
}

func withClient(ctx context.Context, c *http.Client) context.Context {
	if c == nil {
		return ctx
	}
	return context.WithValue(ctx, oauth2.HTTPClient, c)
}
