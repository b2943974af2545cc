"""Values named in a message: ids, links, people, places, days, goods. Of any shop; the catalogue is matched elsewhere.

| slot | value |
|---|---|
| order_id, product_id, tracking_number, id | as typed, letters in capitals; `id` is a number that may be any of these |
| order_tail, phone_tail, card_tail | the last digits of one |
| product_link, image_link | the address as typed; a product id in it is a slot of its own |
| phone | digits as dialled at home, or E.164 where a country is named |
| email, postcode, person_name, address, tax_number, invoice_title | as typed, blanks made even |
| date | ISO 8601: a day, "2026-11-25/2026-11-27" for a stretch, "../2026-11-27" or "2026-11-27/.." open at an end |
| time | "15:00", a stretch as with dates, or morning, noon, afternoon, evening, night |
| quantity | digits |
| money | "300"; "..300" at most, "300.." at least, "300..500" between, "~300" about |
| percent | how much of it: "20", from 0 to 100 |
| size | "42", "XL", "UK 5", "M" for 中码 |
| colour | an English name with its shade: "dark grey" for 深灰色 |
| fault_code | as typed, in capitals |
| payment_method, invoice_type, service_type, reason | a name of `grammar/slots.yaml`, choices |

Height, weight and the like are read by `assistant.nlu.body`.
"""

from assistant.nlu.slots.line import Placed
from assistant.nlu.slots.reader import SlotReader

__all__ = ["Placed", "SlotReader"]
