package ui

import "github.com/a-h/templ"

// icons are drawn for this project on a 24×24 grid with a line of 1.75.
var icons = map[string]string{
	"shield":   `<path d="M12 3 4.5 6v5.5c0 4.6 3.1 8.1 7.5 9.5 4.4-1.4 7.5-4.9 7.5-9.5V6z"/><path d="m9 12 2.2 2.2L15.2 10"/>`,
	"check":    `<circle cx="12" cy="12" r="9"/><path d="m8 12.2 2.7 2.7L16 9.6"/>`,
	"info":     `<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.6"/>`,
	"warn":     `<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.4"/>`,
	"stop":     `<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/><path d="M12 7.5v5.5M12 16v.5"/>`,
	"eye":      `<path d="M2.5 12C5 7.6 8.3 5.5 12 5.5S19 7.6 21.5 12C19 16.4 15.7 18.5 12 18.5S5 16.4 2.5 12z"/><circle cx="12" cy="12" r="3"/>`,
	"clock":    `<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>`,
	"people":   `<circle cx="9" cy="8" r="3.5"/><path d="M2.5 19.5c.5-3.6 3-5.5 6.5-5.5s6 1.9 6.5 5.5"/><path d="M15.5 4.9a3.5 3.5 0 0 1 0 6.2M18 14.6c2 .8 3.2 2.4 3.5 4.9"/>`,
	"badge":    `<rect x="4" y="5.5" width="16" height="14" rx="2"/><path d="M9.5 5.5v-2h5v2"/><circle cx="12" cy="11" r="2"/><path d="M8.5 16.5c.4-1.7 1.7-2.5 3.5-2.5s3.1.800 3.5 2.5"/>`,
	"doc":      `<path d="M6 3h8l4.5 4.5V21H6z"/><path d="M14 3v4.5h4.5M9 12h6.5M9 16h6.5"/>`,
	"lock":     `<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>`,
	"search":   `<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>`,
	"copy":     `<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>`,
	"download": `<path d="M12 3.5v11m0 0 4.5-4.5M12 14.5 7.5 10M4 20h16"/>`,
	"phone":    `<path d="M6.5 3.5h3l1.5 4.5-2.2 1.6a12 12 0 0 0 5.6 5.6l1.6-2.2 4.5 1.5v3c0 1.7-1.3 3-3 3C10.1 20.5 3.5 13.9 3.5 6.5c0-1.7 1.3-3 3-3z"/>`,
	"arrow":    `<path d="m9 5 7 7-7 7"/>`,
	"menu":     `<path d="M4 7h16M4 12h16M4 17h16"/>`,
	"print":    `<path d="M7 9V3.5h10V9"/><rect x="3.5" y="9" width="17" height="8" rx="1.5"/><path d="M7 14.5h10v6H7z"/>`,
	"out":      `<path d="M14 4.5H6a1.5 1.5 0 0 0-1.5 1.5v12A1.5 1.5 0 0 0 6 19.5h8M10 12h10.5m0 0L17 8.5M20.5 12 17 15.5"/>`,
}

// Icon draws one of the pictures by name, in the colour of the text around it
// and hidden from screen readers: words beside it carry the meaning. An
// unknown name draws nothing.
func Icon(name string) templ.Component {
	path, ok := icons[name]
	if !ok {
		return templ.NopComponent
	}
	return templ.Raw(`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">` + path + `</svg>`)
}
