package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/iamcredentials/v1"
	"google.golang.org/api/option"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

const (
	jwtBearer     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	assertionLife = time.Hour // the longest that Google takes
	maxTokenBody  = 1 << 20
)

// signer signs a set of JWT claims, JSON, for the service account.
type signer func(ctx context.Context, claims string) (string, error)

// keylessAccount is the service account as far as it is known without a key
// file, nil when it is not.
func keylessAccount(v platforms.Values, client *clientFile) *accountFile {
	v = withFiles(v)
	a := &accountFile{
		Email: v.Get(keyAccountEmail), ID: v.Get(keyAccountID), Project: v.Get(keyProject), TokenURL: defaultTokenURL,
	}
	if a.Email == "" || a.ID == "" {
		return nil
	}
	if client != nil {
		a.TokenURL = client.TokenURL
	}
	return a
}

// signRemotely has Google sign for the service account, as the administrator who
// signed in and has the role Service Account Token Creator. signJwt takes no
// narrower scope than cloud-platform (its discovery document).
func (w *workspace) signRemotely(ctx context.Context, claims string) (string, error) {
	const op = "sign for the service account"
	if w.signIn == nil {
		return "", &platforms.Error{Kind: platforms.SignInAgain, Op: "google: " + op, Code: codeNoClient, Text: "the OAuth client file has not been chosen yet"}
	}
	api, err := iamcredentials.NewService(ctx, option.WithEndpoint(w.endpoints.iamcredentials),
		option.WithHTTPClient(w.transport.Client(w.signIn, transport.HostOf(w.endpoints.iamcredentials))))
	if err != nil {
		return "", failed(op, err)
	}
	name := "projects/-/serviceAccounts/" + w.account.Email
	// A signature changes nothing, so it may be asked for again.
	answer, err := api.Projects.ServiceAccounts.SignJwt(name, &iamcredentials.SignJwtRequest{Payload: claims}).Context(transport.Idempotent(ctx)).Do()
	if err != nil {
		return "", failed(op, err)
	}
	return answer.SignedJwt, nil
}

// redeemSigned exchanges claims that somebody else signs for an access token.
func (t *tokens) redeemSigned(ctx context.Context, op, subject string, scopes []string) (*oauth2.Token, error) {
	now := t.env.Now()
	claims := map[string]any{
		"iss": t.account.Email, "scope": strings.Join(scopes, " "), "aud": t.account.TokenURL,
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	}
	if subject != "" {
		claims["sub"] = subject
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return nil, failed(op, err)
	}
	assertion, err := t.sign(ctx, string(payload))
	if err != nil {
		return nil, err
	}
	token, err := t.redeem(ctx, op, assertion)
	return token, t.refused(subject, err)
}

// redeem exchanges a signed assertion for an access token (RFC 7523).
func (t *tokens) redeem(ctx context.Context, op, assertion string) (*oauth2.Token, error) {
	form := strings.NewReader(url.Values{"grant_type": {jwtBearer}, "assertion": {assertion}}.Encode())
	req, err := http.NewRequestWithContext(transport.Idempotent(ctx), http.MethodPost, t.account.TokenURL, form)
	if err != nil {
		return nil, failed(op, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sent := t.env.Now()
	res, err := t.http.Do(req)
	if err != nil {
		return nil, oauth.Failure("google: "+op, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxTokenBody))
	if err != nil {
		return nil, failed(op, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, oauth.Failure("google: "+op, &oauth2.RetrieveError{Response: res, Body: body})
	}
	var answer struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, failed(op, fmt.Errorf("read the token endpoint's answer: %w", err))
	}
	if answer.Token == "" {
		return nil, failed(op, errors.New("the token endpoint's answer holds no token"))
	}
	return &oauth2.Token{AccessToken: answer.Token, Expiry: sent.Add(time.Duration(answer.Seconds) * time.Second)}, nil
}
