"""The dialect kit: what every API dialect is made of. It knows no dialect and no billing noun."""
