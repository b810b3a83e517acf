package graph

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// Item is a file or folder in SharePoint (resource type driveItem).
type Item struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	ETag   string `json:"eTag"` // "{GUID},version", quoted
	WebURL string `json:"webUrl"`
	Size   int64  `json:"size"`
	File   *struct {
		Type string `json:"mimeType"`
	} `json:"file"` // nil for a folder
	Parent struct {
		Drive string `json:"driveId"`
	} `json:"parentReference"`
}

// FilesFolder is the folder that a channel's files lie in.
func (c *Client) FilesFolder(ctx context.Context, p Place) (Item, error) {
	var out Item
	err := c.call(ctx, "get folder of channel", get("{+baseurl}/teams/{team}/channels/{channel}/filesFolder", at("team", p.Team, "channel", p.Channel)), &out)
	return out, err
}

// shareToken is how a file's web address stands in a path (Accessing shared
// driveItems: encoding sharing URLs).
func shareToken(webURL string) string {
	return "u!" + base64.RawURLEncoding.EncodeToString([]byte(webURL))
}

// SharedItem is the file at a web address, if the signed-in person may read it.
func (c *Client) SharedItem(ctx context.Context, webURL string) (Item, error) {
	var out Item
	err := c.call(ctx, "get file", get("{+baseurl}/shares/{share}/driveItem", at("share", shareToken(webURL))), &out)
	return out, err
}

// Download answers where the file at a web address can be read for a while
// without a token. The answer is a secret.
func (c *Client) Download(ctx context.Context, webURL string) (string, error) {
	const op = "download file"
	res, err := c.open(ctx, op, get("{+baseurl}/shares/{share}/driveItem/content", at("share", shareToken(webURL))))
	if err != nil {
		return "", err
	}
	res.Body.Close()
	link, err := res.Location()
	if err != nil {
		return "", &Error{Op: "graph: " + op, Status: res.StatusCode, Header: res.Header, Err: err, Decode: true}
	}
	return link.String(), nil
}

// Hosted is an image or other content that lies within a message.
type Hosted struct {
	Body io.ReadCloser // to be closed
	Type string        // media type
	Size int64         // -1 when not told
}

// HostedContent reads content that lies within a message. message is a root when
// the place has no root.
func (c *Client) HostedContent(ctx context.Context, p Place, message, id string) (Hosted, error) {
	template, path := "{+baseurl}/teams/{team}/channels/{channel}/messages/{message}", at("team", p.Team, "channel", p.Channel, "message", message, "content", id)
	if p.Root != "" {
		template += "/replies/{reply}"
		path["message"], path["reply"] = p.Root, message
	}
	res, err := c.open(ctx, "get content of message", get(template+"/hostedContents/{content}/$value", path))
	if err != nil {
		return Hosted{}, err
	}
	return Hosted{Body: res.Body, Type: res.Header.Get("Content-Type"), Size: res.ContentLength}, nil
}

// UploadSession is where the pieces of a file are put.
type UploadSession struct {
	// URL is a secret: it stands for the right to write, without a token.
	URL     string    `json:"uploadUrl"`
	Expires time.Time `json:"expirationDateTime"`
}

// CreateUploadSession begins the upload of a new file into a folder. A file of
// the same name stays: the new one gets another name.
func (c *Client) CreateUploadSession(ctx context.Context, drive, folder, name string) (UploadSession, error) {
	body := map[string]any{"item": map[string]any{"@microsoft.graph.conflictBehavior": "rename", "name": name}}
	var out UploadSession
	err := c.call(ctx, "begin upload", carry(abs.POST, "{+baseurl}/drives/{drive}/items/{folder}:/{name}:/createUploadSession",
		at("drive", drive, "folder", folder, "name", name), body), &out)
	return out, err
}

// open makes a request whose answer is streamed, and follows no redirect: it
// would carry the token to another host. The caller closes the body.
func (c *Client) open(ctx context.Context, op string, b build) (*http.Response, error) {
	seen := &answer{}
	ctx = context.WithValue(ctx, answerKey{}, seen)
	res, err := c.stream(ctx, b)
	if err != nil {
		return nil, failure(op, seen, err)
	}
	if res.StatusCode < http.StatusBadRequest {
		return res, nil
	}
	defer res.Body.Close()
	return nil, failure(op, seen, refusal(res))
}

func (c *Client) stream(ctx context.Context, b build) (*http.Response, error) {
	info, err := b(ctx)
	if err != nil {
		return nil, err
	}
	info.Headers.Remove("Accept")
	info.PathParameters["baseurl"] = c.adapter.GetBaseUrl() // as the adapter does when it sends itself
	native, err := c.adapter.ConvertToNativeRequest(ctx, info)
	if err != nil {
		return nil, err
	}
	req := native.(*http.Request) // what the HTTP adapter documents
	return c.base.RoundTrip(req.WithContext(ctx))
}

// refusal reads an error answer in the SDK's form.
func refusal(res *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	reader, _ := factories()
	node, err := reader.GetRootParseNode("application/json", data)
	if err != nil {
		return err
	}
	value, err := node.GetObjectValue(odataerrors.CreateODataErrorFromDiscriminatorValue)
	if err != nil {
		return err
	}
	if e, ok := value.(*odataerrors.ODataError); ok {
		return e
	}
	return io.ErrUnexpectedEOF
}
