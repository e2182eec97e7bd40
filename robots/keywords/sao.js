// What the robot asks of Tryton's web client (sao, Tryton 6.0). The client gives its elements no ids: the client itself
// is asked for the element of a field, by the field's own name. Values come in as data and are set as data.
window.laufzettel = (() => {
  const answers = {}, sent = {}, open = new Set();
  const method = (settings) => {
    try {
      return JSON.parse(settings.data).method || '';
    } catch {
      return ''; // files, and the bus, which waits for messages for ever
    }
  };
  jQuery(document)
    .ajaxSend((event, request, settings) => {
      const name = method(settings);
      if (name) open.add(request);
      if (name) sent[name] = true;
    })
    .ajaxComplete((event, request, settings) => {
      const name = method(settings);
      if (!open.delete(request)) return;
      answers[name] = request.status === 200 && request.responseJSON || {error: ['HTTP ' + request.status]};
    });

  const screen = () => Sao.Tab.tabs.get_current().screen;
  const widget = (of, name) => (of.current_view.widgets[name] || [])[0];
  const inner = (many) => many ? widget(screen(), many).screen : screen();
  const input = (parent) => parent.find('input, textarea, select')[0];

  // The input of a field: of a form, or of the line of a list that is being written.
  const box = (many, name) => {
    const view = inner(many).current_view;
    if (view.view_type === 'form') return widget(inner(many), name) && input(widget(inner(many), name).el);
    const place = view.columns.findIndex((column) => column.attributes.name === name);
    return place < 0 ? undefined : input(view.edited_row._get_column_td(place).find('.widget-editable'));
  };

  // Whether so many lines are there (records, for the form itself) and the last can be written. A field that the client
  // has filled in by itself may be closed.
  const isWritable = (many, names, count) => {
    const of = inner(many), view = of.current_view;
    if (of.group.length !== count || !view || view.view_type !== 'form' && !view.edited_row) return false;
    const boxes = names.map((name) => box(many, name));
    return boxes.every((one) => !one || one.value || !(one.readOnly || one.disabled)) && boxes.some((one) => one);
  };

  // Whether the record and all lines of these lists ([list, field] each) have come from the server and are drawn.
  const isRead = (lists) => {
    const record = screen().current_record;
    if (!record || !Object.keys(screen().current_view.widgets).every((name) => record.is_loaded(name))) return false;
    return lists.every(([many, name]) => {
      const {group, current_view: view, current_record: current} = inner(many);
      if (group.parent !== record) return false;
      if (view.view_type === 'form') return !group.length || current && current.is_loaded(name);
      return view.rows.length === group.length && group.every((line) => line.is_loaded(name));
    });
  };

  const put = (element, value) => {
    if (!element) return 'absent';
    const wanted = element.tagName === 'SELECT' ? JSON.stringify(value || null) : value;
    if (element.value === wanted) return 'set';
    if (element.readOnly || element.disabled) return 'absent';
    if (element.tagName === 'SELECT') {
      if (![...element.options].some((option) => option.value === wanted)) return 'option';
    } else if (element.maxLength >= 0 && wanted.length > element.maxLength) {
      return 'long';
    }
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value').set.call(element, wanted);
    if (element.value !== wanted) return 'changed';
    for (const name of ['input', 'change']) element.dispatchEvent(new Event(name, {bubbles: true}));
    return 'set';
  };

  // What is shown in a field of every line of a list, with the kind of each.
  const lines = (many, by, name) => {
    const view = inner(many).current_view;
    if (view.view_type === 'form') return inner(many).current_record ? [['', text(box(many, name))]] : [];
    const place = view.columns.findIndex((column) => column.attributes.name === name);
    return view.rows.map((row) =>
      [by && row.record.field_get_client(by) || '', row._get_column_td(place).find('.widget').text()]);
  };
  const text = (element) => element ? element.value : '';

  const shown = (element) => element.offsetParent !== null && element.textContent.trim() !== '';

  return {
    isSent: (name) => Boolean(sent[name]),
    answer: (name) => answers[name] || null,
    forget: (name) => { delete answers[name]; delete sent[name]; },

    // Calls back once nothing is asked of the server any more and what was answered has been worked off: sao goes on in
    // steps of its own (setTimeout), which come before ours.
    whenCalm: (done) => {
      let calm = 0;
      const look = () => {
        calm = open.size ? 0 : calm + 1;
        if (calm > 15) done(true);
        else setTimeout(look, 0);
      };
      look();
    },

    // A dialog, or a record that is not stored: only a fresh page leaves it behind without asking.
    isClean: () => !document.querySelector('.modal.in') && Sao.Tab.tabs.every((tab) => !tab.screen.modified()),
    closeTabs: () => jQuery('#tablist li .close').click(),

    press: (css) => document.querySelector(css).click(),
    put: (many, values) => Object.entries(values).map(([name, value]) => [name, put(box(many, name), value)]),
    count: (many) => inner(many).group.length,
    isWritable,
    isRead,
    newLine: (many) => widget(screen(), many).but_new[0].click(),
    field: (name) => text(box(null, name)),
    lines,

    // What the client complains about: dialogs first, else the bar below the form.
    complaint: () => {
      const found = [...document.querySelectorAll('.modal.in .alert, .tab-pane.active .infobar.alert-danger')].filter(shown);
      return found.length ? found[0].innerText : null;
    },
  };
})();
