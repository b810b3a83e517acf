package google

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"miohub/platforms"
)

// The vendor's own addresses, used where a file names none.
const (
	defaultAuthURL  = "https://accounts.google.com/o/oauth2/v2/auth"
	defaultTokenURL = "https://oauth2.googleapis.com/token"
)

// clientFile is an OAuth client of type "Desktop app" as the Cloud console
// lets it be downloaded.
type clientFile struct {
	ID       string   `json:"client_id"`
	Secret   string   `json:"client_secret"`
	Project  string   `json:"project_id"`
	AuthURL  string   `json:"auth_uri"`
	TokenURL string   `json:"token_uri"`
	Redirect []string `json:"redirect_uris"`
}

// accountFile is a service account's key file.
type accountFile struct {
	Type     string `json:"type"`
	Project  string `json:"project_id"`
	KeyID    string `json:"private_key_id"`
	Key      string `json:"private_key"`
	Email    string `json:"client_email"`
	ID       string `json:"client_id"` // numeric: what delegation is granted to
	TokenURL string `json:"token_uri"`
}

// credentialFile is what a file turned out to be: exactly one field is set.
type credentialFile struct {
	client  *clientFile
	account *accountFile
}

// recognise tells what a file is by its content. Its errors say what it is
// instead, in words for the person who chose it.
func recognise(text string) (credentialFile, error) {
	refuse := func(why string) (credentialFile, error) {
		return credentialFile{}, &platforms.Error{Kind: platforms.Invalid, Op: "google: read file", Text: why}
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "\ufeff")
	if text == "" {
		return refuse("The file is empty.")
	}
	var shape struct {
		Installed *clientFile     `json:"installed"`
		Web       json.RawMessage `json:"web"`
		Type      string          `json:"type"`
		Key       string          `json:"private_key"`
		AppID     string          `json:"appId"`
		TenantID  string          `json:"tenantId"`
		MSClient  string          `json:"clientId"`
	}
	if err := json.Unmarshal([]byte(text), &shape); err != nil {
		return refuse(notJSON(text))
	}
	switch {
	case shape.Installed != nil:
		return recogniseClient(shape.Installed, refuse)
	case len(shape.Web) > 0:
		return refuse("This is an OAuth client of type Web application. Create one of type Desktop app and choose its file.")
	case shape.Type == "service_account" || shape.Key != "":
		return recogniseAccount(text, refuse)
	case shape.Type == "authorized_user":
		return refuse("This holds one person's own credentials (made by gcloud), not an OAuth client or a service account key.")
	case shape.AppID != "" || shape.TenantID != "" || shape.MSClient != "":
		return refuse("This is a registration of Microsoft Entra. It belongs to the set-up of Microsoft Teams.")
	case shape.Type != "":
		return refuse(fmt.Sprintf("This is a Google credential of type %q. An OAuth client (Desktop app) or a service account key is needed.", shape.Type))
	}
	return refuse("This JSON file is neither an OAuth client nor a service account key.")
}

// notJSON says what a text is instead.
func notJSON(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.HasPrefix(text, "-----BEGIN CERTIFICATE"):
		return "This is a certificate. An OAuth client (Desktop app) or a service account key is needed, both JSON files."
	case strings.HasPrefix(text, "-----BEGIN"):
		return "This is a bare private key. Choose the JSON file that the console offered together with it."
	case strings.HasPrefix(text, "AIza") && len(strings.Fields(text)) == 1:
		return "This is an API key, which stands for nobody and opens nothing here. An OAuth client (Desktop app) or a service account key is needed, both JSON files."
	case strings.HasPrefix(text, "#!"):
		return "This is a script. Run it in Cloud Shell; what it makes is chosen here."
	case strings.Count(first, ",") > 0 && !strings.ContainsAny(first, "{}<>"):
		return "This is a table (CSV), such as a list of people. It belongs to People, not here."
	}
	return "This is not a JSON file, so it is neither an OAuth client nor a service account key. A .p12 key cannot be used: create a JSON key."
}

func recogniseClient(c *clientFile, refuse func(string) (credentialFile, error)) (credentialFile, error) {
	if c.ID == "" || c.Secret == "" {
		return refuse("This OAuth client file is incomplete: its client id or client secret is missing. Download it again.")
	}
	if c.AuthURL == "" {
		c.AuthURL = defaultAuthURL
	}
	if c.TokenURL == "" {
		c.TokenURL = defaultTokenURL
	}
	return credentialFile{client: c}, nil
}

func recogniseAccount(text string, refuse func(string) (credentialFile, error)) (credentialFile, error) {
	var a accountFile
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return refuse("This service account key file cannot be read. Create a new key.")
	}
	if a.Email == "" || a.ID == "" || a.KeyID == "" || !strings.Contains(a.Key, "PRIVATE KEY") {
		return refuse("This service account key file is incomplete. Create a new JSON key for the service account.")
	}
	if strings.Trim(a.ID, "0123456789") != "" {
		return refuse("The client id in this service account key file is not a number, so delegation could not be granted to it. Create a new JSON key.")
	}
	if a.TokenURL == "" {
		a.TokenURL = defaultTokenURL
	}
	return credentialFile{account: &a}, nil
}

// takeFile stores the file that was chosen, whichever of the two it is.
func takeFile(ctx context.Context, env platforms.Env) (platforms.Outcome, error) {
	text := env.Values.Get(keyFile)
	if text == "" && env.Secrets != nil {
		text = env.Secrets.Get(keyFile)
	}
	file, err := recognise(text)
	if err != nil {
		return platforms.Outcome{}, err
	}
	key, said := keyClient, ""
	if file.client != nil {
		said = "OAuth client " + file.client.ID + " was read."
	} else {
		key = keyServiceAccount
		said = "Service account " + file.account.Email + " was read; its numeric client id is " + file.account.ID + "."
	}
	if err := env.Secrets.Put(ctx, key, text); err != nil {
		return platforms.Outcome{}, fmt.Errorf("google: store file: %w", err)
	}
	if err := noteFile(ctx, env.Values, file); err != nil {
		return platforms.Outcome{}, err
	}
	return platforms.Outcome{Text: said}, nil
}

// notes is what a file says that is no secret, by the keys it is stored under.
func (f credentialFile) notes() map[string]string {
	notes := map[string]string{}
	if c := f.client; c != nil {
		notes[keyClientID], notes[keyProject] = c.ID, c.Project
	}
	if a := f.account; a != nil {
		notes[keyAccountID], notes[keyAccountEmail], notes[keyProject] = a.ID, a.Email, a.Project
	}
	return notes
}

// noteFile stores a file's notes, for the wizard to show.
func noteFile(ctx context.Context, values platforms.Values, file credentialFile) error {
	for key, value := range file.notes() {
		if value == "" || values.Get(key) == value {
			continue
		}
		if err := values.Put(ctx, key, value); err != nil {
			return fmt.Errorf("google: note %s: %w", key, err)
		}
	}
	return nil
}

// noted are values with the notes of files that were shipped among them.
type noted struct {
	platforms.Values
	notes map[string]string
}

// Get implements platforms.Values.
func (n noted) Get(key string) string {
	if v := n.Values.Get(key); v != "" {
		return v
	}
	return n.notes[key]
}

func withFiles(v platforms.Values) platforms.Values {
	n := noted{v, map[string]string{}}
	for _, key := range []string{keyClient, keyServiceAccount} {
		if file, err := recognise(v.Get(key)); err == nil {
			maps.Copy(n.notes, file.notes())
		}
	}
	return n
}

// setting reads a key from the secrets first, then from the plain values.
func setting(env platforms.Env, key string) string {
	if env.Secrets != nil {
		if v := env.Secrets.Get(key); v != "" {
			return v
		}
	}
	return env.Values.Get(key)
}

// loadFiles reads the stored files; what is missing or broken is nil. Where no
// other endpoints are set, as for every real tenant, the sign-in goes to Google's
// own addresses whatever a file names: a file must not send codes elsewhere.
func loadFiles(env platforms.Env) (client *clientFile, account *accountFile) {
	for _, key := range []string{keyClient, keyServiceAccount} {
		file, err := recognise(setting(env, key))
		if err != nil {
			continue
		}
		if file.client != nil {
			client = file.client
		}
		if file.account != nil {
			account = file.account
		}
	}
	if env.Values.Get("endpoint.oauth2") != "" {
		return client, account
	}
	if client != nil {
		client.AuthURL, client.TokenURL = defaultAuthURL, defaultTokenURL
	}
	if account != nil {
		account.TokenURL = defaultTokenURL
	}
	return client, account
}
