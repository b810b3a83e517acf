package microsoft

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// maxFile is the largest file that SharePoint takes (SharePoint limits).
const maxFile = 250 << 30

// files carries the files of channels as the bridge account. A channel's files
// lie in a folder of its team's site; images within a message lie in the message.
type files struct {
	graph *graph.Client
	http  *transport.Transport

	mu      sync.Mutex
	folders map[platforms.RoomID]graph.Item
}

// folder is where a channel's files lie, read once.
func (f *files) folder(ctx context.Context, room platforms.RoomID) (graph.Item, error) {
	p, err := place(room)
	if err != nil {
		return graph.Item{}, err
	}
	f.mu.Lock()
	known, ok := f.folders[room]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	item, err := f.graph.FilesFolder(ctx, p)
	if err != nil {
		err = fail("read the channel's folder", err, harmless)
		if e, ok := asError(err); ok && strings.Contains(strings.ToLower(e.Text), "not ready yet") {
			e.Kind = platforms.TryLater // SharePoint makes the folder of a new channel in its own time
		}
		return graph.Item{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.folders == nil {
		f.folders = map[platforms.RoomID]graph.Item{}
	}
	f.folders[room] = item
	return item, nil
}

// Ids of files begin with what they are.
const (
	sharedFile = "shared " // in SharePoint: its web address follows
	hostedFile = "hosted " // in a message: the message's id, a blank and its own follow
)

// Open implements platforms.Files.
func (f *files) Open(ctx context.Context, room platforms.RoomID, file platforms.File) (io.ReadCloser, platforms.File, error) {
	if link, ok := strings.CutPrefix(file.ID, sharedFile); ok {
		return f.openShared(ctx, room, file, link)
	}
	if rest, ok := strings.CutPrefix(file.ID, hostedFile); ok {
		return f.openHosted(ctx, file, rest)
	}
	return nil, file, &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: open file", Text: "this file can only be opened where it lies"}
}

// openShared reads a file of the channel's own site. The bridge account may read
// other sites as well, and whoever writes a message chooses the address in it: a
// file from elsewhere would reach people who may not see it.
func (f *files) openShared(ctx context.Context, room platforms.RoomID, file platforms.File, link string) (io.ReadCloser, platforms.File, error) {
	folder, err := f.folder(ctx, room)
	if err != nil {
		return nil, file, err
	}
	item, err := f.graph.SharedItem(ctx, link)
	if err != nil {
		return nil, file, fail("find file", err, harmless)
	}
	if item.Parent.Drive == "" || item.Parent.Drive != folder.Parent.Drive || item.File == nil {
		return nil, file, &platforms.Error{Kind: platforms.Forbidden, Op: "microsoft: open file", Text: "the file does not lie in the channel's own folder; only its link is carried"}
	}
	address, err := f.graph.Download(ctx, link)
	if err != nil {
		return nil, file, fail("open file", err, harmless)
	}
	file.Size, file.Type = item.Size, item.File.Type
	body, err := f.fetch(ctx, address)
	return body, file, err
}

// fetch reads from a pre-authenticated address: no token goes there.
func (f *files) fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	const op = "microsoft: download file"
	req, err := http.NewRequestWithContext(transport.Streaming(ctx), http.MethodGet, address, nil)
	if err != nil {
		return nil, &platforms.Error{Kind: platforms.Internal, Op: op, Text: "the address is not one"} // the address is a secret
	}
	res, err := f.http.Client(nil, req.URL.Host).Transport.RoundTrip(req)
	if err != nil {
		return nil, renamed(op, err)
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		return nil, &platforms.Error{Kind: transport.Kind(res.StatusCode, true), Op: op, Status: res.StatusCode, RequestID: transport.RequestID(res.Header)}
	}
	return res.Body, nil
}

// renamed gives an error of the transport its operation.
func renamed(op string, err error) error {
	e, ok := asError(err)
	if !ok {
		return &platforms.Error{Kind: platforms.TryLater, Op: op, Err: err}
	}
	c := *e
	c.Op = op
	return &c
}

// openHosted reads an image that lies in a message.
func (f *files) openHosted(ctx context.Context, file platforms.File, rest string) (io.ReadCloser, platforms.File, error) {
	message, id, _ := strings.Cut(rest, " ")
	at, err := locate(platforms.MessageID(message))
	if err != nil {
		return nil, file, err
	}
	content, err := f.graph.HostedContent(transport.Streaming(ctx), at.Place, at.id, id)
	if err != nil {
		return nil, file, fail("open image", err, harmless)
	}
	file.Size, file.Type = content.Size, content.Type
	if kind, _, err := mime.ParseMediaType(content.Type); err == nil {
		file.Type = kind
	}
	if path.Ext(file.Name) == "" {
		file.Name += extension(file.Type)
	}
	return content.Body, file, nil
}

// extension ends the name of an image that has none: Teams names no image.
func extension(mediaType string) string {
	switch mediaType {
	case "image/png":
		return ".png"
	case "image/jpeg":
		return ".jpg"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	}
	return ""
}

// uploaded is what an Upload's Ref holds: a file in the channel's folder.
type uploaded struct {
	ID   string `json:"id"` // the GUID in its ETag
	URL  string `json:"url"`
	Name string `json:"name"`
}

// reference is how a file is shown with a message (Send chatMessage: file
// attachments): its id is the GUID in the item's ETag, its address the folder's
// followed by its name.
func (u uploaded) attachment() graph.Attachment {
	return graph.Attachment{ID: u.ID, ContentType: graph.Reference, ContentURL: u.URL, Name: u.Name}
}

// attachments are the files of a draft.
func attachments(list []platforms.Upload) ([]graph.Attachment, error) {
	var out []graph.Attachment
	for _, one := range list {
		var u uploaded
		if err := json.Unmarshal([]byte(one.Ref), &u); err != nil || u.ID == "" {
			return nil, &platforms.Error{Kind: platforms.Invalid, Op: "microsoft: show a file", Text: "not a file that was put in a channel: " + one.Name}
		}
		out = append(out, u.attachment())
	}
	return out, nil
}

// guid finds the id in an ETag: "{2246BD2D-7811-4660-BD0F-1CF36133677B},1".
func guid(eTag string) string {
	return strings.ToLower(regexp.MustCompile(`[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`).FindString(eTag))
}

// addressIn is where a person opens a file of a folder.
func addressIn(folder graph.Item, name string) string {
	return strings.TrimSuffix(folder.WebURL, "/") + "/" + url.PathEscape(name)
}

// fileName makes a name that SharePoint takes of one that may be hostile
// (Restrictions and limitations in OneDrive and SharePoint).
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"*:<>?/\|`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(strings.ReplaceAll(name, "_vti_", "_vti-"), ". ")
	if ext := path.Ext(name); len(name) > maxFileName && len(ext) < maxFileName {
		name = strings.ToValidUTF8(name[:maxFileName-len(ext)], "") + ext
	} else if len(name) > maxFileName {
		name = strings.ToValidUTF8(name[:maxFileName], "")
	}
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	if name == "" || strings.HasPrefix(name, "~$") || reserved(base) || strings.EqualFold(name, "desktop.ini") {
		name = "file " + strings.TrimLeft(name, "~$")
	}
	return strings.TrimSpace(name)
}

// maxFileName is how long a name is kept, in bytes; the whole path must stay
// under 400 characters.
const maxFileName = 180

func reserved(base string) bool {
	switch base {
	case "", "CON", "PRN", "AUX", "NUL", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
		"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9":
		return true
	}
	return false
}
