package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// maxMedia is the size of the largest attachment: "up to 200 MB", which the
// discovery document gives in bytes.
const maxMedia = 209_715_200

// media keeps uploads until a message shows them, and uploads under way.
type media struct {
	mu       sync.Mutex
	uploads  map[string]upload // by attachmentUploadToken
	sessions map[string]*session
}

// upload is a file that was uploaded and not posted yet.
type upload struct {
	account, room string
	file          world.File
}

// blockedTypes are the file types of "File types blocked by Google Chat".
func blockedTypes() []string {
	return strings.Fields(".ade .adp .apk .appx .appxbundle .bat .cab .chm .cmd .com .cpl .diagcab .diagcfg .diagpack .dll .dmg .ex .ex_ .exe .hta " +
		".img .ins .iso .isp .jar .jnlp .js .jse .lib .lnk .mde .mjs .msc .msi .msix .msixbundle .msp .mst .nsh .pif .ps1 .scr .sct .shb .sys " +
		".vb .vbe .vbs .vhd .vxd .wsc .wsf .wsh .xll")
}

// checkUpload checks what is about to be uploaded; size -1 is not known yet.
func checkUpload(name string, size int64) *apiError {
	switch {
	case name == "":
		return invalid("filename is required.")
	case slices.Contains(blockedTypes(), strings.ToLower(path.Ext(name))):
		return invalid("Files of type %s are not supported.", path.Ext(name))
	case size > maxMedia:
		return tooLarge()
	}
	return nil
}

func tooLarge() *apiError {
	return refuse(http.StatusRequestEntityTooLarge, "Request payload size exceeds the limit: %d bytes.", maxMedia)
}

// put keeps an uploaded file and returns the answer to its upload.
func (g *google) put(u upload) map[string]any {
	token := randomText(60)
	g.media.mu.Lock()
	defer g.media.mu.Unlock()
	g.media.uploads[token] = u
	return map[string]any{"attachmentDataRef": map[string]any{"attachmentUploadToken": token}}
}

// uploadedOnly answers media.upload called without media: its file travels to a
// path of its own.
func (g *google) uploadedOnly(*call) (map[string]any, *apiError) {
	return nil, invalid("Media is required: upload to /upload/v1/{parent}/attachments:upload.")
}

// attached takes the files that a message's body refers to. Callers hold
// g.writing, so that a token is used once.
func (c *call) attached(room string) ([]world.File, *apiError) {
	list, _ := c.body["attachment"].([]any)
	var files []world.File
	var tokens []string
	c.g.media.mu.Lock()
	defer c.g.media.mu.Unlock()
	for _, item := range list {
		a, _ := item.(map[string]any)
		token := text(object(a, "attachmentDataRef"), "attachmentUploadToken")
		u, known := c.g.media.uploads[token]
		if !known || u.account != c.tok.account || u.room != room || slices.Contains(tokens, token) {
			return nil, invalid("Invalid attachment upload token.")
		}
		files, tokens = append(files, u.file), append(tokens, token)
	}
	for _, token := range tokens {
		delete(c.g.media.uploads, token)
	}
	return files, nil
}

// attachment is a message's file as Chat shows it.
func attachment(m world.Message, f world.File) map[string]any {
	name := "spaces/" + m.Room + "/messages/" + m.ID + "/attachments/" + f.ID
	out := map[string]any{
		"name": name, "contentName": f.Name, "contentType": f.Type, "source": "UPLOADED_CONTENT",
		"attachmentDataRef": map[string]any{"resourceName": base64.RawURLEncoding.EncodeToString([]byte(name))},
		"downloadUri":       "https://chat.google.com/api/get_attachment_url?url_type=DOWNLOAD_URL&content_type=" + f.Type,
	}
	if strings.HasPrefix(f.Type, "image/") {
		out["thumbnailUri"] = "https://chat.google.com/api/get_attachment_url?url_type=FIFE_URL&content_type=" + f.Type
	}
	return out
}

// stored finds the file of an attachment's resource name that the caller may see.
func (c *call) stored(name string) (world.Message, world.File, *apiError) {
	parts := strings.Split(name, "/")
	if len(parts) != 6 || parts[0] != "spaces" || parts[2] != "messages" || parts[4] != "attachments" {
		return world.Message{}, world.File{}, missing()
	}
	c.path["name"] = name
	if _, bad := c.room(); bad != nil {
		return world.Message{}, world.File{}, bad
	}
	m, ok := c.g.find(parts[1], parts[3])
	i := slices.IndexFunc(m.Files, func(f world.File) bool { return f.ID == parts[5] })
	if !ok || i < 0 {
		return m, world.File{}, missing()
	}
	return m, m.Files[i], nil
}

// getAttachment answers attachments.get.
func (g *google) getAttachment(c *call) (map[string]any, *apiError) {
	m, f, bad := c.stored(c.path["name"])
	if bad != nil {
		return nil, bad
	}
	return attachment(m, f), nil
}

// download answers media.download: the file itself with alt=media, its name without.
func (g *google) download(c *call) (map[string]any, *apiError) {
	resource := c.path["resourceName"]
	name, err := base64.RawURLEncoding.DecodeString(resource)
	if err != nil {
		return nil, missing()
	}
	_, f, bad := c.stored(string(name))
	if bad != nil {
		return nil, bad
	}
	c.file = &f
	return map[string]any{"resourceName": resource}, nil
}

// serveFile sends a file's content.
func serveFile(w http.ResponseWriter, r *http.Request, f *world.File) {
	w.Header().Set("Content-Type", f.Type)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
}

// isUpload reports whether a path is where media goes to.
func isUpload(p string) bool {
	return strings.HasPrefix(p, "/upload/") || strings.HasPrefix(p, "/resumable/upload/")
}

// upload serves media.upload in both protocols: multipart in one request, and
// resumable in a session of several.
func (g *google) upload(w http.ResponseWriter, r *http.Request) {
	if id := r.URL.Query().Get("upload_id"); id != "" {
		g.continueUpload(w, r, id)
		return
	}
	route, values, ok := g.cat.find("chat", r.Method, strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/resumable"), "/upload"))
	if !ok || route.id != "chat.media.upload" {
		notFoundPage(w, r)
		return
	}
	c := &call{g: g, id: route.id, m: route.m, path: values}
	answer, bad := g.takeUpload(c, w, r)
	switch {
	case bad != nil:
		bad.write(w)
	case answer != nil:
		writeJSON(w, http.StatusOK, answer, r.URL.Query().Get("prettyPrint") != "false")
	}
}

// takeUpload checks who uploads where and takes the file, or opens a session for
// it and answers by itself.
func (g *google) takeUpload(c *call, w http.ResponseWriter, r *http.Request) (map[string]any, *apiError) {
	for _, check := range []func() *apiError{
		func() *apiError { return g.authenticate(c, r) }, c.serviceTrouble, func() *apiError { return c.bindQuery(r.URL.Query()) }, c.authorize, c.quota,
	} {
		if bad := check(); bad != nil {
			return nil, bad
		}
	}
	room, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	u := upload{account: c.tok.account, room: room.ID, file: world.File{ID: g.shortID(22)}}
	switch r.URL.Query().Get("uploadType") {
	case "multipart":
		return c.takeMultipart(u, w, r)
	case "resumable":
		return nil, c.openSession(u, w, r)
	}
	return nil, invalid("Upload must use uploadType multipart or resumable.")
}

// takeMultipart reads the metadata and the file from one request's two parts.
func (c *call) takeMultipart(u upload, w http.ResponseWriter, r *http.Request) (map[string]any, *apiError) {
	r.Body = http.MaxBytesReader(w, r.Body, maxMedia+maxRequest)
	parts, ok := relatedParts(r)
	if !ok {
		return nil, invalid("Invalid multipart request.")
	}
	meta, err := parts.NextPart()
	if err != nil {
		return nil, invalid("Invalid multipart request with 0 mime parts.")
	}
	data, err := io.ReadAll(io.LimitReader(meta, maxRequest))
	if err != nil {
		return nil, invalid("Invalid multipart request.")
	}
	if u.file.Name, err = filename(data); err != nil {
		return nil, malformed(data, err)
	}
	if bad := checkUpload(u.file.Name, -1); bad != nil {
		return nil, bad
	}
	content, err := parts.NextPart()
	if err != nil {
		return nil, invalid("Invalid multipart request with 1 mime parts.")
	}
	u.file.Type = mediaType(content.Header.Get("Content-Type"))
	if u.file.Data, err = io.ReadAll(content); err != nil {
		// The connection broke, or the request is longer than anything allowed.
		return nil, tooLarge()
	}
	if len(u.file.Data) > maxMedia {
		return nil, tooLarge()
	}
	return c.g.put(u), nil
}

// filename reads the upload's metadata.
func filename(data []byte) (string, error) {
	var meta struct {
		Filename string `json:"filename"`
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return "", nil
	}
	err := json.Unmarshal(data, &meta)
	return meta.Filename, err
}

func mediaType(header string) string {
	if header == "" {
		return "application/octet-stream"
	}
	return header
}
